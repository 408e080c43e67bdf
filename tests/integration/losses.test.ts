import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { insertHistory, putStatus } from "@/tests/support/put-status";
import { actorOf, createWorld, until, type World } from "@/tests/support/world";

let world: World;
let runner: RunRunner;

const volume = (name: string) => ({
  db: { process: { program: "x", ports: [5432], volumes: [`${name}:/data`] } },
});

beforeAll(async () => {
  world = await createWorld();
  await world.database.pool.query(
    `INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES
       ('cld_other', 'other', 'Other', 'simulated', '{}', now())`,
  );
  await world.publish("store", volume("data"));
  await world.publish("store", volume("store"), { version: "2.0.0" });
  await world.publish("store", { web: { process: { program: "x" } } }, { version: "3.0.0" });
  runner = await world.runner();
}, 60_000);

afterAll(async () => {
  await runner?.stop(1_000);
  await world?.close();
});

type Body = Parameters<typeof import("@/lib/features/requests").submitRequest>[1];

async function submit(body: Record<string, unknown>, who: "developer" | "approver" = "developer") {
  const { submitRequest } = await import("@/lib/features/requests");
  return submitRequest(await actorOf(world, who), { reason: "", ...body } as Body);
}

async function row(sql: string, values: unknown[]) {
  return (await world.database.pool.query(sql, values)).rows[0];
}

async function settled(requestId: string): Promise<string> {
  runner.wake();
  const status = async () =>
    (await row("SELECT status::text AS status, message FROM request WHERE id = $1", [requestId])) as {
      status: string;
      message: string;
    };
  const end = await until(status, (one) => ["succeeded", "failed", "cancelled"].includes(one.status));
  return end.status === "failed" ? `failed: ${end.message}` : end.status;
}

async function create(name: string, extra: Record<string, unknown> = {}): Promise<string> {
  const made = await submit({
    kind: "create",
    project: "team",
    template: "store",
    version: "1.0.0",
    cloud: "sim",
    name,
    parameters: {},
    ...extra,
  });
  expect(await settled(made.id)).toBe("succeeded");
  return made.environmentId;
}

async function tarOf(text: string): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: "file" }, text);
  tar.finalize();
  return buffer(tar);
}

const ref = (environmentId: string, component = "db") => ({ environmentId, environmentName: "x", component });

async function connection(cloudId = world.cloudId) {
  const { connectionFor } = await import("@/lib/features/clouds");
  return connectionFor(cloudId);
}

async function write(environmentId: string, text: string) {
  const signal = AbortSignal.timeout(5_000);
  await (await connection()).copyIn?.(
    ref(environmentId),
    "/data",
    Readable.from([await tarOf(text)]),
    signal,
  );
}

async function read(environmentId: string, cloudId = world.cloudId): Promise<string> {
  const cloud = await connection(cloudId);
  const tar = await cloud.copyOut?.(ref(environmentId), "/data", AbortSignal.timeout(5_000));
  return (await buffer(tar as Readable)).toString("latin1");
}

const actionsOf = async (requestId: string) =>
  (
    await world.database.pool.query(
      "SELECT s.action, s.cloud_id FROM step s JOIN run u ON u.id = s.run_id WHERE u.request_id = $1 ORDER BY position",
      [requestId],
    )
  ).rows.map((one) => `${one.action} ${one.cloud_id === "cld_other" ? "other" : one.cloud_id ? "sim" : "-"}`);

test("renaming a volume is a loss, is backed up first, and the copy can be restored into the new one", async () => {
  const environment = await create("renamed");
  await write(environment, "precious");
  const change = await submit({ kind: "update", environment, version: "2.0.0", parameters: {} });
  expect(change.plan.losses).toMatchObject([
    {
      component: "db",
      kind: "data",
      name: "data",
      reason: "volume_renamed",
      safetyCopy: true,
      lastBackup: null,
    },
  ]);
  expect(change.verdicts.find((one) => one.policy === "data-loss")?.effect).toBe("warn");
  expect(await settled(change.id)).toBe("succeeded");
  expect((await actionsOf(change.id))[0]).toBe("backup sim");
  expect(await read(environment)).not.toContain("precious");
  const backup = await row("SELECT * FROM backup WHERE environment_id = $1", [environment]);
  expect(backup).toMatchObject({ kind: "before-change", status: "succeeded", template_version: "1.0.0" });
  expect(backup.verified_at).not.toBeNull();
  const restored = await submit({ kind: "restore", environment, backup: backup.id });
  expect(restored.plan.losses).toMatchObject([{ reason: "data_restored", safetyCopy: true }]);
  expect(await settled(restored.id)).toBe("succeeded");
  expect(await read(environment)).toContain("precious");
});

test("the losses are part of the plan’s digest, and a stored plan with other ones is refused", async () => {
  const { matchesDigest } = await import("@/lib/features/requests/planning/plan-secrets");
  const { planDigest } = await import("@/lib/engine/plan");
  const body = {
    environmentId: "e",
    kind: "update" as const,
    templateVersionId: "v",
    baseGeneration: 1,
    parameters: {},
    changes: [],
    cost: {},
    verdicts: [],
    lease: null,
  };
  const digest = planDigest({ ...body, losses: [{ name: "data" }] });
  expect(matchesDigest({ ...body, losses: [] }, {}, digest)).toBe(false);
  // Plans from before losses were told keep their digest.
  expect(matchesDigest({ ...body, losses: undefined }, {}, planDigest(body))).toBe(true);
});

test("when the safety backup fails nothing is touched", async () => {
  const environment = await create("unsaved");
  await write(environment, "precious");
  const { rmSync, writeFileSync } = await import("node:fs");
  const { join } = await import("node:path");
  const folder = join(world.dataDir, "backups", environment);
  rmSync(folder, { recursive: true, force: true });
  writeFileSync(folder, "a file where the folder should be");
  const change = await submit({ kind: "update", environment, version: "2.0.0", parameters: {} });
  expect(await settled(change.id)).toMatch(/^failed: .*safety backup of db failed, and nothing was changed/i);
  expect(await read(environment)).toContain("precious");
  rmSync(folder);
});

test("without a copy someone else has to approve, for every requester", async () => {
  const environment = await create("uncopied");
  const body = { kind: "update", environment, version: "2.0.0", parameters: {}, safetyBackup: false };
  const change = await submit(body);
  expect(change.status).toBe("pending_approval");
  expect(change.verdicts.find((one) => one.policy === "data-loss")).toMatchObject({
    effect: "require_approval",
    reason: expect.stringMatching(/^Data loss\. Approval required\. Volume data of db/),
  });
  const { decideRequest, submitRequest } = await import("@/lib/features/requests");
  const admin = { ...(await actorOf(world, "approver")), orgRole: "admin" as const };
  const own = await submitRequest(admin, { kind: "destroy", environment, reason: "", safetyBackup: false });
  expect(own.status).toBe("pending_approval");
  await expect(
    decideRequest(admin, own.id, { decision: "approve", digest: own.plan.digest, reason: "" }),
  ).rejects.toMatchObject({ code: "forbidden" });
  const decided = await decideRequest(await actorOf(world, "approver"), change.id, {
    decision: "approve",
    digest: change.plan.digest,
    reason: "",
  });
  expect(decided.status).toBe("running");
  expect(await settled(change.id)).toBe("succeeded");
  expect(await actionsOf(change.id)).toEqual(["update sim"]);
});

test("a removed component is backed up and its earlier backups are said to be useless", async () => {
  const environment = await create("removed");
  const { pool } = world.database;
  await insertHistory(
    pool,
    "INSERT INTO backup (id, environment_id, status) VALUES ('bak_before', $1, 'succeeded')",
    [environment],
  );
  await pool.query(
    "INSERT INTO backup_part (backup_id, component, method, location, size_bytes, sha256) VALUES ('bak_before', 'db', 'snapshot:/data', 'x', 2048, 'y')",
  );
  const change = await submit({ kind: "update", environment, version: "3.0.0", parameters: {} });
  expect(change.plan.losses.map((one) => [one.kind, one.reason, one.safetyCopy])).toEqual([
    ["data", "component_removed", true],
    ["backup", "component_removed", false],
    ["address", "component_removed", false],
  ]);
  expect(change.plan.losses[0]?.lastBackup).toMatchObject({ id: "bak_before", restorable: false });
  expect(await settled(change.id)).toBe("succeeded");
});

test("a move takes the data along and deletes what it leaves, and a destruction leaves nothing anywhere", async () => {
  const environment = await create("mover");
  await write(environment, "precious");
  const change = await submit({ kind: "update", environment, cloud: "other", parameters: {} });
  expect(change.plan.changes).toMatchObject([
    { action: "move", cloud: { name: "Other" }, from: { name: "Simulated" }, carries: "volumes" },
  ]);
  expect(change.plan.losses).toMatchObject([{ kind: "address", reason: "cloud_changed" }]);
  expect(await settled(change.id)).toBe("succeeded");
  expect(await actionsOf(change.id)).toEqual(["create other", "copy other", "delete sim"]);
  expect(await read(environment, "cld_other")).toContain("precious");
  expect((await (await connection()).observe(ref(environment))).present).toBe(false);
  const resource = await row("SELECT cloud_id FROM resource WHERE environment_id = $1", [environment]);
  expect(resource.cloud_id).toBe("cld_other");
  // What an interrupted move or a rollback left on the other cloud goes with the environment.
  const spec = { program: "x", volumes: ["data:/data"] };
  const size = { cpu: 0, memoryBytes: 0, storageBytes: 0 };
  const left = { kind: "process" as const, replicas: 1, size, spec, filesDigest: "", health: null };
  const change2 = { idempotencyKey: "k", signal: AbortSignal.timeout(5_000), log: () => {} } as never;
  await (await connection()).apply(ref(environment), "create", left, change2);
  await putStatus(
    world.database.pool,
    `UPDATE step SET status = 'failed' FROM run WHERE run.id = step.run_id AND run.environment_id = $1 AND action = 'delete'`,
    [environment],
  );
  const gone = await submit({ kind: "destroy", environment });
  expect(await settled(gone.id)).toBe("succeeded");
  for (const cloud of [world.cloudId, "cld_other"])
    expect((await (await connection(cloud)).observe(ref(environment))).present).toBe(false);
});

test("a destroyed environment’s backups are kept and a new environment can begin with one", async () => {
  const environment = await create("former");
  await write(environment, "precious");
  const gone = await submit({ kind: "destroy", environment });
  expect(gone.plan.losses.map((one) => one.kind)).toEqual(["data", "address"]);
  expect(await settled(gone.id)).toBe("succeeded");
  const backup = await row(
    "SELECT id, status::text AS status, expires_at > now() + interval '29 days' AS kept FROM backup WHERE environment_id = $1",
    [environment],
  );
  expect(backup).toMatchObject({ status: "succeeded", kept: true });
  const { backupsTick } = await import("@/lib/features/backups");
  await backupsTick(AbortSignal.timeout(10_000));
  expect((await row("SELECT status::text AS status FROM backup WHERE id = $1", [backup.id])).status).toBe(
    "succeeded",
  );
  const heir = await create("heir", { backup: backup.id });
  expect(await read(heir)).toContain("precious");
  await world.database.pool.query(
    "UPDATE backup SET expires_at = now() - interval '1 second' WHERE id = $1",
    [backup.id],
  );
  await backupsTick(AbortSignal.timeout(10_000));
  expect((await row("SELECT status::text AS status FROM backup WHERE id = $1", [backup.id])).status).toBe(
    "deleted",
  );
  await expect(
    submit({
      kind: "create",
      project: "team",
      template: "store",
      name: "late",
      parameters: {},
      backup: backup.id,
    }),
  ).rejects.toMatchObject({ code: "validation_failed" });
});
