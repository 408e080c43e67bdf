import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routes } from "@/app/api/v1/routes";
import { closeConnections } from "@/lib/features/clouds";
import { gitCredentialContext } from "@/lib/features/credentials";
import { ensureFirstStart } from "@/lib/features/setup";
import { newId } from "@/lib/kernel/ids";
import { can, type Grants, type OrgRole, type ProjectRole, permissions } from "@/lib/kernel/permissions";
import { seal } from "@/lib/platform/crypto";
import { execute, query } from "@/lib/platform/db";
import { resetRateLimits } from "@/lib/platform/http";
import { listOperations, type Operation } from "@/lib/platform/http/openapi";
import { closeQueues } from "@/lib/platform/queue";
import type { TestDatabase } from "../support/database";
import { type Answer, call, makePerson, type TestPerson, useTestPortal } from "../support/portal";

/**
 * Every route that names something a project owns, asked for a real thing by everybody: members by role, members of
 * another project, nobody's members. The walk along the doors uses ids of nothing; this one finds something behind them.
 */

const operations = listOperations(routes);
const ofProjects = operations.filter(({ path, handler }) => {
  const { permission } = handler.definition;
  return permission !== undefined && permissions[permission].project.length > 0 && path.includes("{");
});
const nameOf = ({ method, path }: Operation) => `${method} ${path.replace("/api/v1/", "")}`;

/** Bodies that the routes accept, so that nothing but the permission can refuse them first. */
const bodies: Record<string, (ids: Ids) => unknown> = {
  "POST environments/{id}/backups": () => ({}),
  "POST environments/{id}/reveal": ({ component }) => ({ name: "url", component }),
  "POST projects/{id}/members": ({ userId }) => ({ user: userId, role: "viewer" }),
  "PATCH projects/{id}/members/{userId}": () => ({ role: "viewer" }),
  "POST projects/{id}/git-credentials": () => ({
    name: "robot",
    address: `https://git.example.com/${Math.random()}`,
    username: "robot",
    password: "of the robot",
  }),
  "PATCH projects/{id}/git-credentials/{credentialId}": () => ({ name: "robot of another name" }),
  "POST requests/{id}/decisions": () => ({ decision: "approve", digest: "of-another-plan", reason: "" }),
};

const here = "data-platform";
const elsewhere = "payments";
const kinds: Record<string, { orgRole?: OrgRole; roles?: Record<string, ProjectRole> }> = {
  owner: { roles: { [here]: "owner" } },
  approver: { roles: { [here]: "approver" } },
  developer: { roles: { [here]: "developer" } },
  viewer: { roles: { [here]: "viewer" } },
  "viewer who owns another project": { roles: { [here]: "viewer", [elsewhere]: "owner" } },
  "owner of another project": { roles: { [elsewhere]: "owner" } },
  "member of nothing": {},
  finance: { orgRole: "finance" },
  auditor: { orgRole: "auditor" },
  admin: { orgRole: "admin" },
};

interface Ids {
  backups: string;
  environments: string;
  projects: string;
  requests: string;
  runs: string;
  statements: string;
  userId: string;
  credentialId: string;
  /** Name of a component of the environment. */
  component: string;
}

const dataDir = mkdtempSync(join(tmpdir(), "rostrum-walls-"));
const people = new Map<string, TestPerson>();
const projectIds = new Map<string, string>();
let database: TestDatabase;

beforeAll(async () => {
  database = await useTestPortal({ DATA_DIR: dataDir, DEMO: "on", ADMIN_EMAIL: "root@test.example" });
  await ensureFirstStart();
  for (const { id, slug } of await query<{ id: string; slug: string }>("SELECT id, slug FROM project")) {
    projectIds.set(slug, id);
  }
  for (const [kind, { orgRole, roles = {} }] of Object.entries(kinds)) {
    const projects = Object.fromEntries(Object.entries(roles).map(([slug, role]) => [idOf(slug), role]));
    people.set(kind, await makePerson(kind.replaceAll(" ", "-"), { ...(orgRole && { orgRole }), projects }));
  }
});
afterAll(async () => {
  await closeQueues();
  await closeConnections();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const idOf = (slug: string): string => projectIds.get(slug) ?? "";

/** Real things of the project; a backup and a member that no earlier caller took away. */
async function realIds(kind: string): Promise<Ids> {
  const one = async (sql: string) =>
    (await query<{ id: string }>(`SELECT x.id FROM ${sql} LIMIT 1`, [idOf(here)]))[0]?.id ?? "";
  const member = await makePerson(`member-${kind.replaceAll(" ", "-")}-${Math.random()}`, {
    projects: { [idOf(here)]: "viewer" },
  });
  const credential = newId("gitCredential");
  await execute(
    `INSERT INTO git_credential (id, project_id, name, address, username, sealed, updated_at)
     VALUES ($1, $2, 'walls', 'https://git.example.com/' || $1, 'robot', $3, now())`,
    [credential, idOf(here), seal("of the robot", gitCredentialContext(idOf(here), credential))],
  );
  const environments = await one("environment x WHERE project_id = $1 AND status = 'running'");
  const [resource] = await query<{ component: string }>(
    "SELECT component FROM resource WHERE environment_id = $1 LIMIT 1",
    [environments],
  );
  return {
    environments,
    component: resource?.component ?? "",
    requests: await one("request x WHERE project_id = $1 ORDER BY status = 'pending_approval' DESC"),
    runs: await one(
      `run x JOIN environment e ON e.id = x.environment_id
       WHERE e.project_id = $1 ORDER BY x.status = 'failed' DESC`,
    ),
    backups: await one(
      `backup x JOIN environment e ON e.id = x.environment_id
       WHERE e.project_id = $1 AND x.status = 'succeeded'`,
    ),
    projects: idOf(here),
    statements: "",
    userId: member.id,
    credentialId: credential,
  };
}

const unknownIds: Ids = {
  environments: "zzz_0000000000",
  requests: "zzz_0000000000",
  runs: "zzz_0000000000",
  backups: "zzz_0000000000",
  projects: "zzz_0000000000",
  statements: "zzz_0000000000",
  userId: "zzz_0000000000",
  credentialId: "zzz_0000000000",
  component: "web",
};

async function ask(operation: Operation, ids: Ids, kind: string): Promise<Answer> {
  resetRateLimits();
  const noun = operation.path.split("/")[3] as keyof Ids;
  const params: Record<string, string> = {
    id: ids[noun],
    userId: ids.userId,
    credentialId: ids.credentialId,
  };
  const body = bodies[nameOf(operation)]?.(ids);
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? "");
  return await call(operation.handler, {
    method: operation.method,
    path: path.endsWith("/logs") ? `${path}?component=${ids.component}` : path,
    params,
    token: people.get(kind)?.token,
    signal: AbortSignal.timeout(20_000),
    ...(body !== undefined && { body }),
  });
}

function grantsOf(kind: string): Grants {
  const { orgRole = null, roles = {} } = kinds[kind] ?? {};
  const projects = new Map(Object.entries(roles).map(([slug, role]) => [idOf(slug), role]));
  return { orgRole, projects, scopes: null };
}

it("knows an acceptable body for every write about something of a project", () => {
  expect(ofProjects.length).toBeGreaterThan(20);
  for (const operation of ofProjects) {
    const schema = operation.handler.definition.schemas?.body;
    const name = nameOf(operation);
    if (!schema || operation.method === "GET") continue;
    expect(Object.keys(bodies), "add a body for a new route").toContain(name);
    expect(schema.safeParse(bodies[name]?.(unknownIds)).success, name).toBe(true);
  }
});

/** Statements belong to cost centers, whose walls have a test of their own below. */
const walked = ofProjects.filter(({ path }) => !path.includes("/statements/"));

describe("something a project owns", () => {
  it.each(Object.keys(kinds))(
    "is open to whom the permission names, and to nobody else: %s",
    async (kind) => {
      const grants = grantsOf(kind);
      const member = kinds[kind]?.roles?.[here] !== undefined;
      for (const operation of walked) {
        const { permission } = operation.handler.definition;
        if (!permission) continue;
        const { status, body } = await ask(operation, await realIds(kind), kind);
        const name = `${nameOf(operation)} (${permission}): ${status} ${JSON.stringify(body).slice(0, 300)}`;
        expect(status, name).toBeLessThan(500);
        if (can(grants, permission, { projectId: idOf(here) }))
          expect([401, 403, 404], name).not.toContain(status);
        else if (member || grants.orgRole) expect([403, 404], name).toContain(status);
        else expect(status === 404 || (status === 403 && operation.method !== "GET"), name).toBe(true);
      }
    },
  );

  it("answers a foreigner who holds every permission elsewhere exactly like something that does not exist", async () => {
    const kind = "owner of another project";
    for (const operation of walked) {
      const real = await ask(operation, await realIds(kind), kind);
      const unknown = await ask(operation, unknownIds, kind);
      const { code, title, detail } = unknown.body;
      expect(real.status, nameOf(operation)).toBe(404);
      expect(real.body, nameOf(operation)).toMatchObject({ code, title, detail });
    }
  });

  it("is not in any list of somebody else", async () => {
    const ids = await realIds("lists");
    const lists = operations.filter(({ method, path }) => method === "GET" && !path.includes("{"));
    let seen = 0;
    for (const operation of lists) {
      const { permission } = operation.handler.definition;
      if (!permission || permissions[permission].project.length === 0) continue;
      for (const kind of ["owner of another project", "member of nothing"]) {
        const { status, body } = await ask(operation, ids, kind);
        if (status !== 200) continue;
        seen += 1;
        const text = JSON.stringify(body);
        for (const id of [ids.environments, ids.requests, ids.runs, ids.projects]) {
          expect(text, `${nameOf(operation)} as ${kind}`).not.toContain(id);
        }
      }
    }
    expect(seen).toBeGreaterThan(15);
  });

  it("cannot be named in a wish by somebody else", async () => {
    const ids = await realIds("wishes");
    const wishes = operations.filter(({ path }) => /\/(plans|requests)$/.test(path));
    const create = {
      kind: "create",
      project: ids.projects,
      template: "web-with-postgres",
      name: "intruder",
      parameters: {},
      reason: "",
    };
    const change = { kind: "stop", environment: ids.environments, reason: "" };
    for (const { handler, method } of wishes.filter((one) => one.method === "POST")) {
      for (const body of [create, change]) {
        for (const kind of [
          "owner of another project",
          "viewer who owns another project",
          "member of nothing",
        ]) {
          const { status } = await call(handler, { method, body, token: people.get(kind)?.token });
          const expected = { "owner of another project": 404 }[kind] ?? 403;
          expect(status, `${JSON.stringify(body)} as ${kind}`).toBe(expected);
        }
      }
    }
  });
});
