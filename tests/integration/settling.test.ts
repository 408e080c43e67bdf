import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { newId } from "@/lib/kernel/ids";
import { buildTemplates } from "@/scripts/build-templates";
import { actorOf, createWorld, until, type World } from "../support/world";

const folder = mkdtempSync(join(tmpdir(), "rostrum-settling-"));

/** Something to hold connections to. */
const store = `require("net").createServer(() => undefined).listen(process.env.PORT, "127.0.0.1")`;
/** Dies when it loses its store, as many a program does. */
const loyal = `
require("net").connect(process.env.STORE, "127.0.0.1").on("close", () => process.exit(1)).on("error", () => undefined);
require("http").createServer((_, answer) => answer.end("here")).listen(process.env.PORT, "127.0.0.1")`;
/** Lives, and is well only while there is no file "ill" in its data. */
const moody = `
const {existsSync} = require("fs");
require("http").createServer((_, answer) => { answer.statusCode = existsSync("data/ill") ? 503 : 200; answer.end(); })
  .listen(process.env.PORT, "127.0.0.1")`;

const health = { http: "/", interval: "1s", timeout: "2s", failures: 2, grace: "3s" };
const node = (script: string, environment: Record<string, string> = {}) => ({
  program: "node",
  args: ["-e", script],
  ports: [8080],
  environment,
  volumes: ["data:/data"],
});

let world: World;
let runner: RunRunner;

beforeAll(async () => {
  world = await createWorld();
  await world.database.pool.query(
    `INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, 'machine', 'This machine', 'machine', $2, now())`,
    [newId("cloud"), JSON.stringify({ portRange: [21_760, 21_789] })],
  );
  const templates = join(folder, "templates");
  await buildTemplates(templates);
  const { syncBuiltinTemplates } = await import("@/lib/features/catalog");
  expect((await syncBuiltinTemplates(undefined, templates)).refused).toEqual([]);
  await world.publish("chain", {
    store: { process: node(store) },
    loyal: { process: node(loyal, { STORE: "${{ components.store.ports[8080] }}" }), health },
    moody: { process: node(moody), requires: ["loyal"], health },
    apart: { process: node(moody), health },
  });
  runner = await world.runner("test", { attemptMs: 120_000, leaseMs: 15_000, heartbeatMs: 3_000 });
}, 120_000);

afterAll(async () => {
  // What a test left running would hold its ports for ever.
  const { rows } = await world.database.pool.query(
    "SELECT id FROM environment WHERE destroyed_at IS NULL AND NOT is_demo",
  );
  for (const { id } of rows) await request({ kind: "destroy", environment: id });
  await runner?.stop(5_000);
  await world?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Makes a request and waits for the end of its run, looking so often that it is known at once. */
async function request(body: Record<string, unknown>) {
  const { submitRequest } = await import("@/lib/features/requests");
  const submitted = await submitRequest(await actorOf(world, "developer"), {
    reason: "test",
    ...body,
  } as Parameters<typeof submitRequest>[1]);
  runner.wake();
  return { ...submitted, end: await endOf(submitted.runId ?? "") };
}

async function endOf(runId: string): Promise<{ status: string; message: string | null; log: string }> {
  return until(
    async () => {
      const { rows } = await world.database.pool.query(
        `SELECT u.status::text, u.error->>'message' AS message, coalesce((SELECT string_agg(text, E'\\n' ORDER BY id)
           FROM step_log WHERE run_id = u.id), '') AS log FROM run u WHERE id = $1`,
        [runId],
      );
      return rows[0];
    },
    ({ status }) => ["succeeded", "failed", "unknown", "cancelled"].includes(status),
    120_000,
    5,
  );
}

async function environment(id: string) {
  const { rows } = await world.database.pool.query(
    `SELECT status::text, health::text, health_message AS message, outputs FROM environment WHERE id = $1`,
    [id],
  );
  return rows[0];
}

const create = (template: string, parameters = {}) =>
  request({ kind: "create", project: "team", template, name: template, cloud: "machine", parameters });

async function urlOf(environmentId: string, component: string): Promise<string> {
  const { rows } = await world.database.pool.query(
    "SELECT address->>'url' AS url FROM resource WHERE environment_id = $1 AND component = $2",
    [environmentId, component],
  );
  return rows[0].url;
}

it("has the application answer the moment a restore, a start or a change of size is done", async () => {
  const { environmentId, end } = await create("web-with-postgres", { size: "small" });
  expect(end, end.log).toMatchObject({ status: "succeeded" });
  const url = await urlOf(environmentId, "web");
  const page = async () => {
    const answer = await fetch(url);
    return { status: answer.status, text: await answer.text() };
  };
  const added = await fetch(`${url}/api/entries`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ author: "Ada", message: "kept by the restore point" }),
  });
  expect(added.status).toBe(201);
  const entry = (await added.json()) as { id: number };

  const { requestBackup, takeBackup } = await import("@/lib/features/backups");
  const backup = await requestBackup(await actorOf(world, "developer"), environmentId, {
    note: "before the loss",
  });
  await takeBackup(backup.id);
  expect((await fetch(`${url}/api/entries/${entry.id}`, { method: "DELETE" })).status).toBe(204);
  expect((await page()).text).not.toContain("kept by the restore point");

  const shows = { status: 200, text: expect.stringContaining("kept by the restore point") };
  const restored = await request({ kind: "restore", environment: environmentId, backup: backup.id });
  expect(await page()).toMatchObject(shows);
  expect(restored.end, restored.end.log).toMatchObject({ status: "succeeded" });
  expect(await environment(environmentId)).toMatchObject({ health: "healthy" });

  const resized = await request({
    kind: "update",
    environment: environmentId,
    parameters: { size: "medium", replicas: 2 },
  });
  expect(await Promise.all([page(), page(), page(), page()])).toMatchObject([shows, shows, shows, shows]);
  expect(resized.end, resized.end.log).toMatchObject({ status: "succeeded" });

  await request({ kind: "stop", environment: environmentId });
  const started = await request({ kind: "start", environment: environmentId });
  expect(await Promise.all([page(), page()])).toMatchObject([shows, shows]);
  expect(started.end, started.end.log).toMatchObject({ status: "succeeded" });

  // A change of what is stopped starts what it leaves alone, too: the database here.
  await request({ kind: "stop", environment: environmentId });
  // What follows from the end is done after the end.
  await until(
    () => environment(environmentId),
    ({ status }) => status === "stopped",
  );
  for (const body of [{ kind: "restore", backup: backup.id }, { kind: "restart" }]) {
    const refused = request({ environment: environmentId, ...body });
    await expect(refused).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("Start it first"),
    });
  }
  const changed = await request({
    kind: "update",
    environment: environmentId,
    parameters: { title: "Renamed" },
  });
  expect(changed.plan.changes.map(({ component, action }) => [component, action])).toEqual([
    ["db", "start"],
    ["web", "update"],
  ]);
  expect(await page()).toMatchObject(shows);
  expect((await page()).text).toContain("Renamed");
  expect(changed.end, changed.end.log).toMatchObject({ status: "succeeded" });
  await until(
    () => environment(environmentId),
    ({ status }) => status === "running",
  );
  const gone = await request({ kind: "destroy", environment: environmentId });
  expect(gone.end, gone.end.log).toMatchObject({ status: "succeeded" });
}, 240_000);

it("starts what died of a change, and says in the run and in the health what does not become well", async () => {
  const { environmentId, end } = await create("chain");
  expect(end, end.log).toMatchObject({ status: "succeeded" });
  const { connectionFor } = await import("@/lib/features/clouds");
  const { loadEnvironment } = await import("@/lib/features/environments");
  const { row } = await loadEnvironment(environmentId);
  const connection = await connectionFor(row.placement.store?.cloudId ?? "");
  const killStore = async () => {
    const seen = await connection.observe({ environmentId, environmentName: row.name, component: "store" });
    if (!seen.present) throw new Error("no store");
    process.kill(Number(seen.attributes.pid), "SIGKILL");
  };

  await killStore();
  const healed = await request({ kind: "restart", environment: environmentId, component: "store" });
  expect(healed.end, healed.end.log).toMatchObject({ status: "succeeded" });
  expect(healed.end.log).toContain("loyal is not running; starting it again.");
  expect((await fetch(await urlOf(environmentId, "loyal"))).status).toBe(200);

  // Now one is not well, two edges away from what changes; that the one apart is not well either is not its business.
  // A component sees nothing of the host but its own data.
  const illnesses = await Promise.all(
    ["moody", "apart"].map(async (component) => {
      const seen = await connection.observe({ environmentId, environmentName: row.name, component });
      return join(seen.present ? String(seen.attributes.directory) : "", "volumes/data/ill");
    }),
  );
  for (const file of illnesses) writeFileSync(file, "");
  await killStore();
  const startedMs = Date.now();
  const failed = await request({ kind: "restart", environment: environmentId, component: "store" });
  expect(failed.end).toMatchObject({
    status: "failed",
    message: "health: moody is not healthy after 3\u00a0s: HTTP 503",
  });
  expect(Date.now() - startedMs).toBeGreaterThan(3_000);
  // The restart failed; the environment did not: it runs, and says how healthy it is.
  expect(await environment(environmentId)).toMatchObject({
    status: "running",
    health: "unhealthy",
    message: "moody: HTTP 503",
  });

  for (const file of illnesses) rmSync(file);
  const { resumeStoppedRun } = await import("@/lib/features/runs");
  await resumeStoppedRun(await actorOf(world, "developer"), failed.runId ?? "");
  runner.wake();
  expect(await endOf(failed.runId ?? "")).toMatchObject({ status: "succeeded" });
  expect(await environment(environmentId)).toMatchObject({ health: "healthy", message: "" });
  const gone = await request({ kind: "destroy", environment: environmentId });
  expect(gone.end, gone.end.log).toMatchObject({ status: "succeeded" });
}, 120_000);
