import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { actorOf, createWorld, until, type World } from "@/tests/support/world";

let world: World;
let runner: RunRunner;

beforeAll(async () => {
  world = await createWorld();
  const web = { process: { program: "x", ports: [8080] } };
  const db = {
    process: { program: "x", ports: [5432], volumes: ["data:/data"] },
    backup: { snapshot: ["data"] },
  };
  await world.publish("pair", { web, db });
  await world.publish("single", { web });
  runner = await world.runner("test", {
    attemptMs: 30_000,
    leaseMs: 15_000,
    heartbeatMs: 3_000,
    stepAttempts: 1,
  });
}, 60_000);

afterEach(() => setFaults([]));

afterAll(async () => {
  await runner?.stop(1_000);
  await world?.close();
});

const sql = async (text: string, ...values: unknown[]) =>
  (await world.database.pool.query(text, values)).rows;

async function setFaults(faults: object[]): Promise<void> {
  await sql("UPDATE cloud SET config = $2, updated_at = now() WHERE id = $1", world.cloudId, { faults });
  const { forgetConnection } = await import("@/lib/features/clouds");
  forgetConnection(world.cloudId);
}

const stuck = (component = "*") =>
  setFaults([{ call: "remove", component, effect: "permanent", times: null }]);

async function change(body: Record<string, unknown>) {
  const { submitRequest } = await import("@/lib/features/requests");
  const submitted = await submitRequest(await actorOf(world, "developer"), {
    reason: "",
    ...body,
  } as Parameters<typeof submitRequest>[1]);
  return { environment: submitted.environmentId, status: await endOf(submitted.environmentId) };
}

/** How the newest request of an environment ended. */
async function endOf(environment: string): Promise<string> {
  runner.wake();
  const [{ status }] = await until(
    () =>
      sql(
        "SELECT status::text AS status FROM request WHERE environment_id = $1 ORDER BY created_at DESC LIMIT 1",
        environment,
      ),
    ([row]) => ["succeeded", "failed", "cancelled"].includes(row.status),
  );
  return status;
}

async function create(template: string, name: string): Promise<string> {
  const made = await change({ kind: "create", project: "team", template, name, parameters: {} });
  expect(made.status).toBe("succeeded");
  return made.environment;
}

async function seen(id: string) {
  const { getEnvironment } = await import("@/lib/features/environments");
  return getEnvironment(await actorOf(world, "developer"), id);
}

/** Minutes until the next attempt; null when there is none. */
async function nextInMinutes(id: string): Promise<number | null> {
  const { destroyRetryAt } = await seen(id);
  return destroyRetryAt ? Math.round((Date.parse(destroyRetryAt) - Date.now()) / 60_000) : null;
}

const makeDue = (id: string) =>
  sql("UPDATE environment SET destroy_retry_at = now() - interval '1 second' WHERE id = $1", id);

const attemptsOf = async (id: string) =>
  (await sql("SELECT 1 FROM request WHERE environment_id = $1 AND kind = 'destroy'", id)).length;

/** What people were told of an environment after its creation. */
const toldOf = async (name: string) =>
  await sql(
    `SELECT kind, body FROM notification WHERE title LIKE '%' || $1 || '%' AND kind <> 'environment.ready'
     ORDER BY created_at`,
    name,
  );

async function retry(): Promise<number> {
  const { retryDestructions } = await import("@/lib/features/runs");
  return retryDestructions();
}

test("a destruction that got stuck is retried, further and further apart, until everything is gone", async () => {
  const id = await create("pair", "stuck");
  await stuck("db");
  expect((await change({ kind: "destroy", environment: id })).status).toBe("failed");
  expect(await seen(id)).toMatchObject({ status: "failed", failedChange: { kind: "destroy" } });
  expect(await nextInMinutes(id)).toBe(5);
  const first = await toldOf("stuck");
  expect(first).toMatchObject([{ kind: "run.failed" }]);
  expect(first[0]?.body).toMatch(/Rostrum retries until everything is deleted\.$/);

  // Not before it is due; then once, for all workers that ask, and not by the end of its lease as well.
  expect(await retry()).toBe(0);
  await makeDue(id);
  await sql("UPDATE environment SET lease_ends_at = now(), destroy_after = now() WHERE id = $1", id);
  const { leaseTick } = await import("@/lib/features/leases");
  await leaseTick();
  const begun = await Promise.all([retry(), retry(), retry()]);
  expect(begun.sort()).toEqual([0, 0, 1]);
  expect(await endOf(id)).toBe("failed");
  expect(await attemptsOf(id)).toBe(2);
  expect(await nextInMinutes(id)).toBe(10);
  expect(await toldOf("stuck")).toEqual(first);

  await setFaults([]);
  await makeDue(id);
  expect(await retry()).toBe(1);
  expect(await endOf(id)).toBe("succeeded");
  expect(await seen(id)).toMatchObject({ status: "destroyed", destroyRetryAt: null });
  expect((await toldOf("stuck")).at(-1)).toMatchObject({ kind: "environment.destroyed" });
  const { connectionFor } = await import("@/lib/features/clouds");
  const cloud = await connectionFor(world.cloudId);
  expect(await cloud.listOwned(id, new AbortController().signal)).toEqual([]);
});

test("what nothing was recorded of, and what was removed only at the end, is retried too", async () => {
  await setFaults([{ call: "apply", effect: "permanent", when: "after", times: null }]);
  const body = { kind: "create", project: "team", template: "single", name: "half-made", parameters: {} };
  const { environment: id, status } = await change(body);
  expect(status).toBe("failed");
  await stuck();
  expect((await change({ kind: "destroy", environment: id })).status).toBe("failed");
  expect(await nextInMinutes(id)).toBe(5);
  await setFaults([]);
  await makeDue(id);
  await retry();
  expect(await endOf(id)).toBe("succeeded");
});

test("one whose safety backup failed has deleted nothing and is left to people", async () => {
  const id = await create("pair", "uncopied");
  const folder = join(world.dataDir, "backups");
  rmSync(folder, { recursive: true, force: true });
  writeFileSync(folder, "a file where the folder should be");
  expect((await change({ kind: "destroy", environment: id })).status).toBe("failed");
  expect(await seen(id)).toMatchObject({ status: "running", destroyRetryAt: null });
  expect(await retry()).toBe(0);
  rmSync(folder);
});

test("people who dismiss the failure, or change the environment, keep it", async () => {
  const dismissed = await create("single", "dismissed");
  const changed = await create("single", "changed");
  await stuck();
  for (const environment of [dismissed, changed]) {
    expect((await change({ kind: "destroy", environment })).status).toBe("failed");
    expect(await seen(environment)).toMatchObject({ status: "running" });
    expect(await nextInMinutes(environment)).toBe(5);
  }
  const { dismissFailedChange } = await import("@/lib/features/environments");
  await dismissFailedChange(await actorOf(world, "developer"), dismissed);
  expect((await change({ kind: "restart", environment: changed })).status).toBe("succeeded");
  for (const environment of [dismissed, changed]) {
    expect(await seen(environment)).toMatchObject({ status: "running", destroyRetryAt: null });
    expect(await attemptsOf(environment)).toBe(1);
  }
  expect(await retry()).toBe(0);
});

test("an attempt that is refused is not forgotten", async () => {
  const id = await create("single", "refused");
  await stuck();
  await change({ kind: "destroy", environment: id });
  await makeDue(id);
  // A damaged row: nothing can be planned.
  await sql(
    `INSERT INTO template_version (id, template_id, version, status, source, manifest, digest)
     SELECT 'tpv_damaged', template_id, '9.9.9', 'published', '', '{}', '' FROM template_version LIMIT 1`,
  );
  await sql("UPDATE environment SET template_version_id = 'tpv_damaged' WHERE id = $1", id);
  expect(await retry()).toBe(0);
  const [row] = await sql(
    "SELECT destroy_retry_at > now() + interval '50 minutes' AS later FROM environment WHERE id = $1",
    id,
  );
  expect(row).toEqual({ later: true });
});
