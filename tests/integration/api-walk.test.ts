import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as openApi } from "@/app/api/v1/openapi.json/route";
import { routes } from "@/app/api/v1/routes";
import { listOperations } from "@/lib/platform/http/openapi";
import { renderRoutes, routesFile } from "@/scripts/generate-routes";
import type { TestDatabase } from "../support/database";
import { call, makePerson, type TestPerson, useTestPortal } from "../support/portal";

const operations = listOperations(routes);
const withPermission = operations.filter(({ handler }) => handler.definition.permission);

let database: TestDatabase;
let stranger: TestPerson;

/** Ids that no object has: one who gets past the door finds nothing behind it. */
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
  stranger = await makePerson("stranger");
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

it("refuses texts that would show as something else than they are", async () => {
  const { resetRateLimits } = await import("@/lib/platform/http");
  const admin = await makePerson("texts-admin", { orgRole: "admin" });
  for (const { path, method, handler } of operations.filter((one) => !one.handler.definition.public)) {
    if (method === "GET") continue;
    for (const text of ["\u001b[2J", "a\u009b31m", "invoice\u202egpj.exe", "\u2066x", "a\u200bb"]) {
      resetRateLimits();
      const { status, body } = await call(handler, {
        method,
        path: path.replaceAll(/\{\w+\}/g, "zzz_0000000000"),
        params: paramsOf(path),
        token: admin.token,
        body: { name: text },
      });
      expect([status, body.code], `${method} ${path}`).toEqual([422, "validation_failed"]);
      // A part of the address from a closed list is looked at first.
      expect(["name", "transition"], `${method} ${path}`).toContain(body.errors?.[0]?.path);
    }
  }
});

it("shows a stranger nothing: objects are not found and lists are empty", async () => {
  for (const operation of withPermission.filter(({ method }) => method === "GET")) {
    const permission = operation.handler.definition.permission;
    if (!permission) continue;
    const { status, body } = await knock(operation, stranger.token);
    const name = `GET ${operation.path}`;
    if (operation.path.includes("{")) expect([403, 404], name).toContain(status);
    else if (status === 200 && permission !== "catalog.read" && Array.isArray(body.items)) {
      const everyones = permission === "price.read";
      if (!everyones) expect(body.items, name).toEqual([]);
    }
  }
});
