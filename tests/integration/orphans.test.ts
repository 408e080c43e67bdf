import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { actorOf, createWorld, until, type World } from "../support/world";

let world: World;
let runner: RunRunner;
const folder = mkdtempSync(join(tmpdir(), "rostrum-orphans-"));

beforeAll(async () => {
  world = await createWorld();
  await world.publish("site", { web: { process: { program: "x", ports: [80], volumes: ["data:/data"] } } });
  runner = await world.runner();
}, 60_000);

afterAll(async () => {
  await runner?.stop(1_000);
  await world?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function administrator() {
  return { ...(await actorOf(world, "approver")), orgRole: "admin" as const };
}

async function submit(body: Record<string, unknown>, wait = true) {
  const { submitRequest } = await import("@/lib/features/requests");
  const made = await submitRequest(await actorOf(world, "developer"), { reason: "", ...body } as Parameters<
    typeof submitRequest
  >[1]);
  if (wait) {
    runner.wake();
    const status = async () =>
      (await world.database.pool.query("SELECT status::text AS s FROM request WHERE id = $1", [made.id]))
        .rows[0].s;
    expect(await until(status, (one) => ["succeeded", "failed"].includes(one))).toBe("succeeded");
  }
  return made;
}

const create = (name: string, more: Record<string, unknown> = {}, wait = true) =>
  submit(
    { kind: "create", project: "team", template: "site", name, cloud: "sim", parameters: {}, ...more },
    wait,
  );

async function found(withIgnored = false) {
  const { discoverOrphans } = await import("@/lib/features/clouds");
  return (await discoverOrphans(world.cloudId, withIgnored)).items;
}

async function act(body: Record<string, unknown>) {
  const { actOnOrphan } = await import("@/lib/features/orphans");
  return actOnOrphan(await administrator(), world.cloudId, body as Parameters<typeof actOnOrphan>[2]);
}

async function connection() {
  const { connectionFor } = await import("@/lib/features/clouds");
  return connectionFor(world.cloudId);
}

it("what lost its record is adopted by its environment, and a plan then finds nothing to do", async () => {
  const { environmentId } = await create("adopter");
  await world.database.pool.query("DELETE FROM resource WHERE environment_id = $1", [environmentId]);
  const [orphan] = await found();
  expect(orphan).toMatchObject({
    kind: "managed",
    component: "web",
    environment: { name: "adopter" },
    can: { adopt: true, remove: true, ignore: true },
  });
  const { type, externalId } = orphan ?? { type: "", externalId: "" };
  expect(await act({ action: "adopt", type, externalId })).toMatchObject({ outcome: "adopted" });
  expect(await found()).toEqual([]);
  const { prepareRequest } = await import("@/lib/features/requests");
  const body = { kind: "update", environment: environmentId, parameters: {}, reason: "" } as const;
  const prepared = await prepareRequest(await actorOf(world, "developer"), body);
  expect(prepared.changes.map((one) => one.action)).toEqual(["no-op"]);
  const audit = await world.database.pool.query("SELECT 1 FROM audit_event WHERE action = 'orphan.adopt'");
  expect(audit.rowCount).toBe(1);
});

it("what is left of a destroyed environment is removed with its name typed, and seen to be gone", async () => {
  const ref = { environmentId: "env_gone", environmentName: "gone", component: "web" };
  const size = { cpu: 0, memoryBytes: 0, storageBytes: 0 };
  const desired = { kind: "process" as const, replicas: 1, size, spec: {}, filesDigest: "", health: null };
  const change = { idempotencyKey: "k", signal: AbortSignal.timeout(5_000), log: () => {} } as never;
  await (await connection()).apply(ref, "create", desired, change);
  const orphan = (await found()).find((one) => one.environmentId === "env_gone");
  expect(orphan).toMatchObject({ environment: null, can: { adopt: false, remove: true } });
  const key = { type: orphan?.type, externalId: orphan?.externalId };
  await expect(act({ action: "remove", ...key, confirm: "something" })).rejects.toMatchObject({
    code: "validation_failed",
  });
  await expect(act({ action: "adopt", ...key })).rejects.toMatchObject({ code: "conflict" });
  expect(await act({ action: "ignore", ...key, reason: "later" })).toMatchObject({ outcome: "ignored" });
  expect(await found()).toEqual([]);
  expect(await found(true)).toMatchObject([{ ignored: true }]);
  await act({ action: "unignore", ...key });
  expect(await act({ action: "remove", ...key, confirm: orphan?.name })).toMatchObject({
    outcome: "removed",
  });
  expect((await (await connection()).observe(ref)).present).toBe(false);
  expect(await found(true)).toEqual([]);
});

it("a cloud goes only when nothing of Rostrum’s is on it, or with the list acknowledged", async () => {
  const { deleteCloud, listCloudContents } = await import("@/lib/features/orphans");
  const actor = await administrator();
  const [row] = (
    await world.database.pool.query(
      `INSERT INTO cloud (id, name, title, driver, config, updated_at)
       VALUES ('cld_second', 'second', 'Second', 'simulated', '{}', now()) RETURNING id`,
    )
  ).rows;
  const { environmentId } = await create("stayer", { cloud: "second" });
  await world.database.pool.query("UPDATE project SET approval_limit = 0");
  await world.database.pool.query(
    "INSERT INTO template_version (id, template_id, version, status, source, manifest, digest, published_at) SELECT 'tv_priced', template_id, '9.0.0', 'published', source, jsonb_set(manifest, '{spec,components,web,size}', '{\"cpu\": 1, \"memory\": \"1Gi\", \"storage\": 0}'), 'priced', now() FROM template_version LIMIT 1",
  );
  const waiting = await create("waiter", { cloud: "second", version: "9.0.0" }, false);
  expect(waiting.status).toBe("pending_approval");
  const contents = await listCloudContents(row.id);
  expect(contents.items.map((one) => `${one.type} ${one.name}`)).toEqual([
    "environment stayer",
    "request waiter",
    "resource stayer/web",
  ]);
  const refusal = await deleteCloud(actor, row.id).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: "conflict", detail: { contents: contents.items } });
  await expect(
    deleteCloud(actor, row.id, { force: true, acknowledgement: "of another list" }),
  ).rejects.toMatchObject({ code: "conflict" });
  await deleteCloud(actor, row.id, { force: true, acknowledgement: contents.acknowledgement });
  const state = await world.database.pool.query(
    `SELECT (SELECT status::text FROM environment WHERE id = $1) AS environment,
       (SELECT status::text FROM request WHERE id = $2) AS request,
       (SELECT count(*)::int FROM resource WHERE cloud_id = 'cld_second') AS resources,
       (SELECT count(*)::int FROM reservation WHERE environment_id = $1 AND state <> 'released') AS reserved,
       (SELECT count(*)::int FROM cloud WHERE id = 'cld_second') AS clouds`,
    [environmentId, waiting.id],
  );
  expect(state.rows[0]).toEqual({
    environment: "destroyed",
    request: "cancelled",
    resources: 0,
    reserved: 0,
    clouds: 0,
  });
});

it("a cloud without free ports is not chosen, and says why", async () => {
  const { placeComponents } = await import("@/lib/clouds/placement");
  const size = { cpu: 0, memoryBytes: 0, storageBytes: 0 };
  const demand = {
    component: "web",
    implementations: ["process" as const],
    labels: {},
    size,
    replicas: 2,
    ports: { process: 1 },
  };
  const cloud = (freePorts: number | null) => ({
    id: "c",
    name: "c",
    title: "C",
    implementations: ["process" as const],
    labels: {},
    healthOk: true,
    healthMessage: "",
    free: null,
    isDemo: false,
    freePorts,
  });
  expect(placeComponents([demand], [cloud(2)])).toMatchObject({
    ok: false,
    reasons: [{ reason: "not enough free ports (2 free, 3 needed)" }],
  });
  expect(placeComponents([demand], [cloud(3)]).ok).toBe(true);
  expect(placeComponents([demand], [cloud(null)]).ok).toBe(true);
});
