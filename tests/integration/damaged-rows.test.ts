import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { createWorld, until, type World } from "../support/world";

let call: typeof import("../support/portal").call;
let environmentRoute: unknown;
let environmentList: unknown;
let submit: unknown;
let runRoute: unknown;
let notificationList: unknown;
let ownerId: string;
let world: World;
let token: string;
let runner: RunRunner;

beforeAll(async () => {
  world = await createWorld();
  // The configuration is read when the product's modules are loaded.
  const portal = await import("../support/portal");
  call = portal.call;
  environmentRoute = (await import("@/app/api/v1/environments/[id]/route")).GET;
  environmentList = (await import("@/app/api/v1/environments/route")).GET;
  submit = (await import("@/app/api/v1/requests/route")).POST;
  runRoute = (await import("@/app/api/v1/runs/[id]/route")).GET;
  notificationList = (await import("@/app/api/v1/notifications/route")).GET;
  ({ token, id: ownerId } = await portal.makePerson("owner", { projects: { [world.projectId]: "owner" } }));
  await world.publish(
    "sealed",
    {
      db: {
        secrets: { password: { generate: 24 } },
        process: {
          program: "node",
          args: ["-e", ""],
          ports: [5432],
          environment: { PASSWORD: "${{ secrets.password }}" },
        },
        size: { cpu: 1, memory: "64Mi" },
        outputs: { url: "postgres://app:${{ secrets.password }}@${{ self.host }}/app" },
      },
    },
    { outputs: { database: "${{ components.db.outputs.url }}" } },
  );
  runner = await world.runner();
});
afterAll(async () => {
  await runner?.stop(1_000);
  await world?.close();
});

async function create(name: string): Promise<string> {
  const { status, body } = await call(submit, {
    token,
    body: { kind: "create", project: "team", template: "sealed", name },
  });
  expect(status, JSON.stringify(body)).toBe(201);
  runner.wake();
  await untilStatus(body.environmentId, "running");
  return body.environmentId;
}

const untilStatus = (id: string, status: string) =>
  until(
    async () =>
      (await world.database.pool.query("SELECT status::text FROM environment WHERE id = $1", [id])).rows[0]
        ?.status,
    (value) => value === status,
  );

async function show(id: string) {
  return await call(environmentRoute, { token, params: { id } });
}

/** Listed, opened, refused what needs its secrets, and destroyed. */
async function expectBearable(id: string, unreadable: string[]): Promise<void> {
  await expectShown(id, unreadable);
  const restart = await call(submit, { token, body: { kind: "restart", environment: id } });
  expect([restart.status, restart.body.code]).toEqual([409, "conflict"]);
  expect(restart.body.detail).toMatch(/can’t be read: .*restore the key.*destroy the environment/);
  await expectDestroyable(id);
}

async function expectShown(id: string, unreadable: string[]): Promise<void> {
  const list = await call(environmentList, { token });
  expect(list.status).toBe(200);
  expect(list.body.items.map((one: { id: string }) => one.id)).toContain(id);
  const shown = await show(id);
  expect(shown.status).toBe(200);
  expect(shown.body.unreadable).toEqual(expect.arrayContaining(unreadable));
}

async function expectDestroyable(id: string): Promise<void> {
  const destroy = await call(submit, { token, body: { kind: "destroy", environment: id } });
  expect(destroy.status, JSON.stringify(destroy.body)).toBe(201);
  runner.wake();
  await untilStatus(id, "destroyed");
}

it("bears a damaged row: the environment is listed, opened and destroyed, and others are as before", async () => {
  const [damaged, whole] = [await create("damaged"), await create("whole")];
  expect((await show(whole)).body.unreadable).toEqual([]);
  await world.database.pool.query(
    "UPDATE environment_secret SET sealed = left(sealed, -4) || 'AAAA' WHERE environment_id = $1",
    [damaged],
  );
  await world.database.pool.query(
    "UPDATE resource SET sealed_outputs = 'v1.nonsense' WHERE environment_id = $1",
    [damaged],
  );
  expect((await show(whole)).body.unreadable).toEqual([]);
  await expectBearable(damaged, ["secret password of db", "outputs of db"]);
});

it("bears damaged documents: what can't be read is named, and the rest is shown", async () => {
  for (const [index, wreck] of wrecks.entries()) {
    const id = await create(`wrecked-${index}`);
    const { table, column, by, told, isOnlyShown } = wreck;
    const key = table === "environment" ? "id" : "environment_id";
    await world.database.pool.query(`UPDATE ${table} SET ${column} = $2::jsonb WHERE ${key} = $1`, [id, by]);
    if (!isOnlyShown) {
      await expectBearable(id, [told]);
      continue;
    }
    await expectShown(id, [told]);
    await expectDestroyable(id);
  }
});

it("bears kinds and errors that only another version knows", async () => {
  const id = await create("foreign");
  const { pool } = world.database;
  await pool.query("UPDATE resource SET kind = 'balloon', status = 'floating' WHERE environment_id = $1", [
    id,
  ]);
  const shown = await show(id);
  expect(shown.body.unreadable).toEqual(["kind of db"]);
  expect(shown.body.resources).toMatchObject([{ kind: "process", status: "unknown" }]);

  await pool.query('UPDATE run SET error = \'{"kind": "burst"}\' WHERE environment_id = $1', [id]);
  await pool.query(
    `UPDATE step s SET error = '["wet"]' FROM run u WHERE u.id = s.run_id AND u.environment_id = $1`,
    [id],
  );
  const { rows } = await pool.query("SELECT id FROM run WHERE environment_id = $1", [id]);
  const run = await call(runRoute, { token, params: { id: rows[0].id } });
  const unreadable = { kind: "unknown", message: "The stored error can’t be read." };
  expect(run.body.error).toEqual(unreadable);
  expect(run.body.steps[0].error).toEqual(unreadable);

  await pool.query(
    `INSERT INTO notification (id, user_id, kind, title) VALUES ('ntf_1', $1, 'balloon.lost', 'Lost'),
       ('ntf_2', $1, 'run.failed', 'Failed')`,
    [ownerId],
  );
  const { body } = await call(notificationList, { token });
  const kinds = new Map(body.items.map((one: { id: string; kind: string | null }) => [one.id, one.kind]));
  expect([kinds.get("ntf_1"), kinds.get("ntf_2")]).toEqual([null, "run.failed"]);
});

/** What is only shown is written again by every change, and keeps none from being made. */
const wrecks: { table: string; column: string; by: string; told: string; isOnlyShown?: true }[] = [
  { table: "environment", column: "parameters", by: "[1]", told: "parameters" },
  { table: "environment", column: "placement", by: '{"db": {"cloudId": 7}}', told: "placement" },
  {
    table: "environment",
    column: "outputs",
    by: '"gone"',
    told: "outputs of the environment",
    isOnlyShown: true,
  },
  { table: "resource", column: "spec", by: "{}", told: "applied state of db" },
  { table: "resource", column: "address", by: '{"external": {"ports": 5432}}', told: "address of db" },
  { table: "resource", column: "outputs", by: "null", told: "outputs of db" },
  { table: "resource", column: "attributes", by: "[]", told: "attributes of db", isOnlyShown: true },
];

it("bears a lost key", async () => {
  const id = await create("lost-key");
  process.env.ROSTRUM_KEY = randomBytes(32).toString("base64");
  const { resetConfig } = await import("@/lib/platform/config");
  resetConfig();
  await expectBearable(id, [
    "secret password of db",
    "applied state of db",
    "outputs of db",
    "outputs of the environment",
  ]);
  // What is made with the new key works.
  expect((await show(await create("after"))).body.unreadable).toEqual([]);
});
