import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as getEnvironment, PATCH } from "@/app/api/v1/environments/[id]/route";
import { GET as listEnvironments } from "@/app/api/v1/environments/route";
import { manifestSchema } from "@/lib/engine/template";
import { newId } from "@/lib/kernel/ids";
import { insertHistory } from "@/tests/support/put-status";
import type { TestDatabase } from "../support/database";
import { call, makePerson, makeProject, type TestPerson, useTestPortal } from "../support/portal";

const manifest = JSON.stringify(
  manifestSchema.parse({
    apiVersion: "rostrum.dev/v1",
    kind: "Template",
    metadata: { name: "t", title: "T", category: "Web" },
    spec: {
      version: "1.0.0",
      components: { web: { size: { cpu: 0.5, memory: "256Mi" }, container: { image: "nginx:1" } } },
    },
  }),
);

let database: TestDatabase;
let projectId = "";
const people: Record<string, TestPerson> = {};

beforeAll(async () => {
  database = await useTestPortal();
  projectId = await makeProject("shop");
  const other = await makeProject("other");
  const at = (role: "owner" | "approver" | "developer" | "viewer") => ({ projects: { [projectId]: role } });
  people.owner = await makePerson("project-owner", at("owner"));
  people.dana = await makePerson("dana", at("developer"));
  people.finn = await makePerson("finn", at("developer"));
  people.gone = await makePerson("gone", at("developer"));
  people.approver = await makePerson("approver", at("approver"));
  people.viewer = await makePerson("viewer", at("viewer"));
  people.reader = await makePerson("reader", { ...at("owner"), scopes: ["read"] });
  people.stranger = await makePerson("stranger", { projects: { [other]: "owner" } });
  people.admin = await makePerson("admin", { orgRole: "admin" });
  await database.pool.query(
    `INSERT INTO template (id, name, title, updated_at) VALUES ('tpl_1', 't', 'T', now());
     INSERT INTO template_version (id, template_id, version, status, source, manifest, digest) VALUES
       ('tv_1', 'tpl_1', '1.0.0', 'published', '', '${manifest}', 'd');
     INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ('cld_1', 'c', 'C', 'simulated', '{}', now())`,
  );
});
afterAll(async () => await database.drop());

const idOf = (name: string) => people[name]?.id ?? "";

async function environmentOf(name: string, owner: string, status = "running"): Promise<string> {
  const id = newId("environment");
  await insertHistory(
    database.pool,
    `INSERT INTO environment (id, name, project_id, owner_id, template_version_id, status, destroyed_at, updated_at)
     VALUES ($1, $2, $3, $4, 'tv_1', $5::environment_status, CASE WHEN $5 = 'destroyed' THEN now() END, now())`,
    [id, name, projectId, idOf(owner), status],
  );
  return id;
}

const transfer = (who: string, id: string, owner: string) =>
  call(PATCH, {
    method: "PATCH",
    path: `/api/v1/environments/${id}`,
    params: { id },
    token: people[who]?.token,
    body: { owner },
  });

async function ownerOf(id: string): Promise<string> {
  const { rows } = await database.pool.query<{ owner: string }>(
    "SELECT owner_id AS owner FROM environment WHERE id = $1",
    [id],
  );
  return rows[0]?.owner ?? "";
}

async function audit(id: string) {
  const { rows } = await database.pool.query<{ outcome: string; actor: string; detail: object }>(
    `SELECT outcome::text AS outcome, actor_id AS actor, detail FROM audit_event
     WHERE action = 'environment.transfer' AND object_id = $1 ORDER BY seq`,
    [id],
  );
  return rows;
}

describe("an environment is transferred", () => {
  it.each(["dana", "owner", "admin"])("by %s, who owns it or its project, or administers", async (who) => {
    const id = await environmentOf(`by-${who}`, "dana");
    const { status, body } = await transfer(who, id, people.finn?.email.toUpperCase() ?? "");
    expect(status).toBe(200);
    expect(body.owner).toEqual({ id: idOf("finn"), name: "finn" });
    expect(await ownerOf(id)).toBe(idOf("finn"));
    expect(await audit(id)).toEqual([
      {
        outcome: "allowed",
        actor: idOf(who),
        detail: { name: `by-${who}`, from: idOf("dana"), to: idOf("finn") },
      },
    ]);
    const { rows } = await database.pool.query("SELECT user_id, title FROM notification WHERE href = $1", [
      `/environments/${id}`,
    ]);
    expect(rows).toEqual([{ user_id: idOf("finn"), title: `by-${who}: you’re now the owner` }]);
  });

  it("to an owner of the project, who is not told of what they did themselves", async () => {
    const id = await environmentOf("taken-over", "gone");
    expect((await transfer("owner", id, idOf("owner"))).status).toBe(200);
    const { rows } = await database.pool.query("SELECT 1 FROM notification WHERE href = $1", [
      `/environments/${id}`,
    ]);
    expect(rows).toEqual([]);
  });

  it("and is no longer its first owner's to give away", async () => {
    const id = await environmentOf("moved-on", "dana");
    await transfer("dana", id, idOf("finn"));
    expect((await transfer("dana", id, idOf("dana"))).status).toBe(403);
    expect(await ownerOf(id)).toBe(idOf("finn"));
  });

  it("with its usage: what is held from then on is the new owner's", async () => {
    const id = await environmentOf("metered", "dana");
    await database.pool.query(
      `INSERT INTO resource (id, environment_id, component, cloud_id, kind, external_id, status, desired_digest, cpu)
       VALUES ($1, $2, 'web', 'cld_1', 'process', 'x', 'running', 'd', 1)`,
      [newId("resource"), id],
    );
    await transfer("owner", id, idOf("finn"));
    const { rows } = await database.pool.query(
      "SELECT owner_id, valid_to IS NULL AS open FROM resource_history WHERE environment_id = $1 ORDER BY id",
      [id],
    );
    expect(rows).toEqual([
      { owner_id: idOf("dana"), open: false },
      { owner_id: idOf("finn"), open: true },
    ]);
  });
});

describe("a transfer is refused", () => {
  it.each([
    ["finn", 403, "a developer who owns it not"],
    ["approver", 403, "an approver"],
    ["viewer", 403, "a viewer"],
    ["reader", 403, "a token that only reads"],
    ["stranger", 404, "someone who may not know of it"],
  ] as const)("to %s with %i: %s", async (who, expected, _reason) => {
    const id = await environmentOf(`not-by-${who}`, "dana");
    expect((await transfer(who, id, idOf("finn"))).status).toBe(expected);
    expect(await ownerOf(id)).toBe(idOf("dana"));
    const { rows } = await database.pool.query<{ outcome: string; actor: string }>(
      `SELECT outcome::text AS outcome, actor_id AS actor FROM audit_event
       WHERE action = 'environment.transfer' AND actor_id = $1 AND outcome = 'denied'`,
      [idOf(who)],
    );
    expect(rows.length, "the refusal is in the audit").toBeGreaterThan(0);
  });

  it.each([
    ["viewer", "is viewer"],
    ["approver", "is approver"],
    ["stranger", "enabled member"],
    ["admin", "enabled member"],
    ["dana", "already owns this environment"],
  ])("when the new owner is %s", async (whom, reason) => {
    const id = await environmentOf(`not-to-${whom}`, "dana");
    const { status, body } = await transfer("owner", id, idOf(whom));
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain(reason);
    expect(await ownerOf(id)).toBe(idOf("dana"));
  });

  it("when the new owner is disabled, or the environment destroyed", async () => {
    const id = await environmentOf("disabled", "dana");
    await database.pool.query("UPDATE app_user SET disabled_at = now() WHERE id = $1", [idOf("gone")]);
    expect((await transfer("owner", id, idOf("gone"))).status).toBe(422);
    const destroyed = await environmentOf("destroyed", "dana", "destroyed");
    expect((await transfer("owner", destroyed, idOf("finn"))).status).toBe(409);
  });
});

it("lists what a disabled or removed owner left, and who may transfer it", async () => {
  await database.pool.query("UPDATE app_user SET disabled_at = now() WHERE id = $1", [idOf("gone")]);
  await database.pool.query("DELETE FROM environment");
  const removed = await makePerson("removed", { projects: { [projectId]: "developer" } });
  people.removed = removed;
  const left = [await environmentOf("of-gone", "gone"), await environmentOf("of-removed", "removed")];
  await environmentOf("of-dana", "dana");
  await database.pool.query("DELETE FROM project_member WHERE user_id = $1", [removed.id]);
  const list = await call(listEnvironments, {
    path: `/api/v1/environments?project=shop&unowned=true&sort=name`,
    token: people.owner?.token,
  });
  expect(list.body.items.map((one: { id: string }) => one.id)).toEqual(left);
  const own = await call(listEnvironments, {
    path: `/api/v1/environments?owner=${removed.id}`,
    token: people.owner?.token,
  });
  expect(own.body.items).toHaveLength(1);
  for (const [who, expected] of [
    ["owner", true],
    ["admin", true],
    ["dana", false],
    ["viewer", false],
  ] as const) {
    const [id = ""] = left;
    const { body } = await call(getEnvironment, {
      path: `/api/v1/environments/${id}`,
      params: { id },
      token: people[who]?.token,
    });
    expect(body.can.transfer, who).toBe(expected);
  }
});
