import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { newId } from "@/lib/kernel/ids";
import { insertHistory } from "@/tests/support/put-status";
import { actorOf, createWorld, until, type World } from "@/tests/support/world";

let world: World;
let runner: RunRunner;
let environmentId: string;

const print = ["node", "-e", "process.stdout.write('the data')"];
const backup = { schedule: "0 * * * *", keep: { last: 2 }, dump: print, restore: ["node", "-e", "0"] };

beforeAll(async () => {
  world = await createWorld();
  await world.database.pool.query(
    `INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, 'machine', 'This machine', 'machine', $2, now())`,
    [newId("cloud"), JSON.stringify({ portRange: [23_000, 23_100] })],
  );
  const process = { program: "node", args: ["-e", "setInterval(() => {}, 1000)"] };
  await world.publish("kept", { db: { process, backup } });
  runner = await world.runner();
  environmentId = (
    await submit({ kind: "create", project: "team", template: "kept", name: "kept", cloud: "machine" })
  ).environmentId;
  await untilStatus("running");
}, 60_000);

afterAll(async () => {
  if (environmentId) {
    await submit({ kind: "destroy", environment: environmentId });
    await untilStatus("destroyed");
  }
  await runner?.stop(1_000);
  await world?.close();
});

async function submit(body: Record<string, unknown>) {
  const { submitRequest } = await import("@/lib/features/requests");
  const { requestBody } = await import("@/lib/features/requests/schema");
  const submitted = await submitRequest(await actorOf(world, "developer"), requestBody.parse(body));
  runner.wake();
  return submitted;
}

async function untilStatus(wanted: string): Promise<void> {
  const sql = "SELECT status::text AS status FROM environment WHERE id = $1";
  await until(
    async () => (await world.database.pool.query(sql, [environmentId])).rows[0].status,
    (status) => status === wanted,
    30_000,
  );
}

async function tick(): Promise<number> {
  const { backupsTick } = await import("@/lib/features/backups");
  return await backupsTick(AbortSignal.timeout(30_000));
}

async function backups(): Promise<{ id: string; kind: string; status: string }[]> {
  const sql = "SELECT id, kind, status::text AS status FROM backup ORDER BY created_at DESC, id";
  return (await world.database.pool.query(sql)).rows;
}

const age = (sql: string, ...values: unknown[]) => world.database.pool.query(sql, values);

test("nothing is due before its hour, one backup is when the hour has passed, and only one", async () => {
  await age("UPDATE environment SET ready_at = date_trunc('hour', now()) + interval '1 second'");
  await tick();
  expect(await backups()).toEqual([]);
  await age("UPDATE environment SET ready_at = now() - interval '2 hours'");
  await tick();
  await tick();
  const [only, ...others] = await backups();
  expect(others).toEqual([]);
  expect(only?.kind).toBe("scheduled");
  // No one got the message: the tick itself takes what has waited for five seconds.
  await age("UPDATE backup SET created_at = created_at - interval '6 seconds' WHERE status = 'running'");
  await tick();
  expect((await backups())[0]).toMatchObject({ kind: "scheduled", status: "succeeded" });
});

test("retention keeps what the manifest says and whatever a person took, and removes the rest with its files", async () => {
  const [taken] = await backups();
  for (const [id, kind, days] of [
    ["bak_yesterday", "scheduled", 1],
    ["bak_older", "scheduled", 2],
    ["bak_mine", "manual", 3],
  ]) {
    await insertHistory(
      world.database.pool,
      `INSERT INTO backup (id, environment_id, kind, status, created_at, finished_at)
       VALUES ($1, $2, $3, 'succeeded', now() - $4 * interval '1 day', now() - $4 * interval '1 day')`,
      [id, environmentId, kind, days],
    );
  }
  await tick();
  expect((await backups()).map((one) => [one.id, one.status])).toEqual([
    [taken?.id, "succeeded"],
    ["bak_yesterday", "succeeded"],
    ["bak_older", "deleted"],
    ["bak_mine", "succeeded"],
  ]);
  expect(existsSync(join(world.dataDir, "backups", environmentId, "bak_older"))).toBe(false);
  expect(existsSync(join(world.dataDir, "backups", environmentId, taken?.id ?? ""))).toBe(true);
  const audit = await age("SELECT action FROM audit_event WHERE object_id = 'bak_older'");
  expect(audit.rows).toEqual([{ action: "backup.delete" }]);
});

test("a backup whose worker died is taken by the next one, three times at most", async () => {
  const insert = (id: string, attempts: number) =>
    age(
      `INSERT INTO backup (id, environment_id, created_at, lease_until, attempts)
       VALUES ($1, $2, now() - interval '1 hour', now() + interval '20 seconds', $3)`,
      id,
      environmentId,
      attempts,
    );
  const statusOf = async (id: string) =>
    (await age("SELECT status::text AS status, error FROM backup WHERE id = $1", id)).rows[0];
  await insert("bak_orphan", 1);
  await tick();
  expect(await statusOf("bak_orphan")).toEqual({ status: "running", error: "" });
  await age("UPDATE backup SET lease_until = now() - interval '1 second' WHERE id = 'bak_orphan'");
  await tick();
  expect(await statusOf("bak_orphan")).toEqual({ status: "succeeded", error: "" });
  await insert("bak_deadly", 3);
  await age("UPDATE backup SET lease_until = now() - interval '1 second' WHERE id = 'bak_deadly'");
  await tick();
  expect(await statusOf("bak_deadly")).toEqual({
    status: "failed",
    error: expect.stringContaining("the worker stopped 3 times"),
  });
});
