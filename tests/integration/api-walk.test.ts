import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as openApi } from "@/app/api/v1/openapi.json/route";
import { routes } from "@/app/api/v1/routes";
import { canSomewhere, mayEnter, type OrgRole, type ProjectRole, scopes } from "@/lib/kernel/permissions";
import { listOperations } from "@/lib/platform/http/openapi";
import { renderRoutes, routesFile } from "@/scripts/generate-routes";
import type { TestDatabase } from "../support/database";
import { call, makePerson, makeProject, makeToken, type TestPerson, useTestPortal } from "../support/portal";

const operations = listOperations(routes);
const guarded = operations.filter(({ handler }) => !handler.definition.public);
const withPermission = operations.filter(({ handler }) => handler.definition.permission);

/** People by what they are; "foreign" is signed in and a member of nothing. */
const kinds: Record<string, { orgRole?: OrgRole; role?: ProjectRole }> = {
  foreign: {},
  viewer: { role: "viewer" },
  developer: { role: "developer" },
  approver: { role: "approver" },
  owner: { role: "owner" },
  finance: { orgRole: "finance" },
  auditor: { orgRole: "auditor" },
  admin: { orgRole: "admin" },
};

let database: TestDatabase;
let projectId: string;
const people = new Map<string, TestPerson>();

/** Ids that no object has: whoever gets past the door finds nothing behind it. */
function paramsOf(path: string): Record<string, string> {
  return Object.fromEntries(
    [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => [name, "zzz_0000000000"]),
  );
}

/** Writes are sent with a body that no schema accepts, so that the walk changes nothing. */
function bodyOf(method: string): { raw?: string } {
  return method === "GET" ? {} : { raw: '"not what this wants"' };
}

async function knock(operation: (typeof operations)[number], token?: string) {
  const { path, method, handler } = operation;
  const abort = new AbortController();
  const answer = await call(handler, {
    method,
    path: path.replaceAll(/\{\w+\}/g, "zzz_0000000000"),
    params: paramsOf(path),
    token,
    signal: abort.signal,
    ...bodyOf(method),
  });
  abort.abort();
  return answer;
}

beforeAll(async () => {
  database = await useTestPortal();
  projectId = await makeProject("walk");
  for (const [name, { orgRole, role }] of Object.entries(kinds)) {
    people.set(
      name,
      await makePerson(name, {
        ...(orgRole && { orgRole }),
        ...(role && { projects: { [projectId]: role } }),
      }),
    );
  }
});
afterAll(async () => await database.drop());

describe("the API's document", () => {
  it("covers every route module in the tree", () => {
    expect(readFileSync(routesFile, "utf8")).toBe(renderRoutes());
    expect(operations.length).toBeGreaterThan(25);
  });

  it("describes every operation with its access, parameters and problems", async () => {
    const { status, body } = await call(openApi);
    expect(status).toBe(200);
    expect(body.openapi).toBe("3.1.0");
    const ids = new Set<string>();
    for (const { path, method, handler } of operations) {
      const described = body.paths[path]?.[method.toLowerCase()];
      expect(described, `${method} ${path}`).toBeDefined();
      expect(described.summary).toBe(handler.definition.summary);
      expect(described["x-rostrum-access"]).toBe(
        handler.definition.permission ?? (handler.definition.public ? "public" : "authenticated"),
      );
      const named = described.parameters.filter((one: { in: string }) => one.in === "path").length;
      expect(named, `path parameters of ${path}`).toBe(Object.keys(paramsOf(path)).length);
      expect(ids.has(described.operationId), described.operationId).toBe(false);
      ids.add(described.operationId);
    }
  });
});

it("the API's document points at nothing that is not in it", async () => {
  const { body } = await call(openApi);
  const references = [...JSON.stringify(body).matchAll(/"\$ref":"([^"]+)"/g)].map(
    ([, target = ""]) => target,
  );
  expect(references.length).toBeGreaterThan(operations.length);
  for (const target of new Set(references)) {
    const found = target
      .replace(/^#\//, "")
      .split("/")
      .reduce((at: Record<string, never> | undefined, part) => at?.[part], body);
    expect(found, target).toBeDefined();
  }
  expect(JSON.stringify(body)).not.toContain("$defs");
});

describe("every route", () => {
  it.each(guarded.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
    "refuses nobody: %s",
    async (_name, operation) => {
      const { status, body, headers } = await knock(operation);
      expect(status).toBe(401);
      expect(body.code).toBe("unauthenticated");
      expect(headers.get("content-type")).toBe("application/problem+json");
    },
  );

  it("refuses texts that would show as something else than they are", async () => {
    const { resetRateLimits } = await import("@/lib/platform/http");
    const admin = people.get("admin")?.token;
    for (const { path, method, handler } of guarded) {
      if (method === "GET") continue;
      for (const text of ["\u001b[2J", "a\u009b31m", "invoice\u202egpj.exe", "\u2066x", "a\u200bb"]) {
        resetRateLimits();
        const { status, body } = await call(handler, {
          method,
          path: path.replaceAll(/\{\w+\}/g, "zzz_0000000000"),
          params: paramsOf(path),
          token: admin,
          body: { name: text },
        });
        expect([status, body.code, body.problems?.[0]?.path], `${method} ${path}`).toEqual([
          422,
          "validation_failed",
          "name",
        ]);
      }
    }
  });

  it("refuses tokens that are made up, expired or of a disabled person", async () => {
    const person = await makePerson("leaver");
    await database.pool.query("UPDATE app_user SET disabled_at = now() WHERE id = $1", [person.id]);
    const late = await makePerson("late");
    await database.pool.query("UPDATE api_token SET expires_at = now() - interval '1 s' WHERE user_id = $1", [
      late.id,
    ]);
    for (const operation of guarded) {
      for (const token of ["rst_made_up", person.token, late.token]) {
        const { resetRateLimits } = await import("@/lib/platform/http");
        resetRateLimits();
        expect((await knock(operation, token)).status).toBe(401);
      }
    }
  });

  it.each(Object.keys(kinds))("lets in exactly whom its permission names: %s", async (kind) => {
    const { orgRole = null, role } = kinds[kind] ?? {};
    const grants = { orgRole, projects: new Map(role ? [[projectId, role]] : []), scopes: null };
    for (const operation of withPermission) {
      const permission = operation.handler.definition.permission;
      if (!permission) continue;
      const name = `${operation.method} ${operation.path} (${permission}) as ${kind}`;
      const { status, body } = await knock(operation, people.get(kind)?.token);
      expect(status, name).not.toBe(401);
      expect(status, `${name}: ${JSON.stringify(body)}`).toBeLessThan(500);
      if (!mayEnter(grants, permission)) expect(status, name).toBe(403);
      else if (canSomewhere(grants, permission))
        expect([200, 204, 400, 403, 404, 409, 415, 422, 503], name).toContain(status);
    }
  });

  it("shows a stranger nothing: objects are not found and lists are empty", async () => {
    for (const operation of withPermission.filter(({ method }) => method === "GET")) {
      const permission = operation.handler.definition.permission;
      if (!permission) continue;
      const { status, body } = await knock(operation, people.get("foreign")?.token);
      const name = `GET ${operation.path}`;
      if (operation.path.includes("{")) expect([403, 404], name).toContain(status);
      else if (status === 200 && permission !== "catalog.read" && Array.isArray(body.items)) {
        const everyones = ["policy.read", "price.read", "person.read"].includes(permission);
        if (!everyones) expect(body.items, name).toEqual([]);
      }
    }
  });

  it("keeps a reading token from every write", async () => {
    const token = await makeToken(people.get("admin")?.id ?? "", ["read"]);
    for (const operation of guarded.filter(({ method }) => method !== "GET")) {
      const permission = operation.handler.definition.permission;
      const grants = { orgRole: "admin" as const, projects: new Map(), scopes: new Set(["read" as const]) };
      const { status } = await knock(operation, token);
      const allowed = permission ? mayEnter(grants, permission) : false;
      if (!allowed) expect(status, `${operation.method} ${operation.path}`).toBe(403);
    }
  });

  it("writes down what it refused", async () => {
    const { rows } = await database.pool.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM audit_event WHERE outcome = 'denied' AND actor_id = $1",
      [people.get("foreign")?.id],
    );
    expect(rows[0]?.count).toBeGreaterThan(5);
    expect(scopes).toContain("read");
  });
});
