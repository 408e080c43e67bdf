import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { newId } from "@/lib/kernel/ids";
import { actorOf, createWorld, until, type World } from "../support/world";

/** Says what its note holds, and takes another one. */
const notes = `
const { readFileSync, writeFileSync, existsSync } = require("fs");
require("http").createServer((q, s) => {
  if (q.url.startsWith("/put/")) writeFileSync("data/note", q.url.slice(5));
  s.end(existsSync("data/note") ? readFileSync("data/note") : "empty");
}).listen(process.env.PORT, "127.0.0.1")`;
/** Serves while it reaches its neighbor. */
const page = `
require("http").createServer((q, s) => {
  require("http").get({ host: "127.0.0.1", port: process.env.NOTES }, (a) => { s.statusCode = 200; a.pipe(s); })
    .on("error", () => { s.statusCode = 503; s.end(); });
}).listen(process.env.PORT, "127.0.0.1")`;
const health = { http: "/", interval: "1s", timeout: "2s", failures: 2, grace: "5s" };

let world: World;
let runner: RunRunner;
let machineId: string;
const made: string[] = [];

beforeAll(async () => {
  world = await createWorld();
  machineId = newId("cloud");
  await world.database.pool.query(
    `INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, 'machine', 'This machine', 'machine', $2, now())`,
    [machineId, JSON.stringify({ portRange: [21_400, 21_449] })],
  );
  const components = (recovery: object) => ({
    store: {
      process: { program: "node", args: ["-e", notes], ports: [8080], volumes: ["data:/data"] },
      health,
      backup: { snapshot: ["data"] },
      recovery,
    },
    page: {
      process: {
        program: "node",
        args: ["-e", page],
        ports: [8081],
        environment: { NOTES: "${{ components.store.ports[8080] }}" },
      },
      health,
    },
  });
  await world.publish("notes", components({ attempts: 3, window: "1h" }));
  await world.publish("self-restoring", components({ attempts: 3, window: "1h", restore: true }));
  await world.publish("database", {
    db: {
      process: { program: "postgres", ports: [5432], options: { password: "s3cret-word" } },
      health: { tcp: 5432, interval: "1s", timeout: "2s", grace: "20s" },
      backup: { snapshot: ["data"] },
    },
  });
  await world.publish("plain", { web: { container: { image: "web" } } });
  runner = await world.runner("test", { attemptMs: 60_000, leaseMs: 15_000, heartbeatMs: 3_000 });
}, 60_000);

afterAll(async () => {
  for (const environment of made) await ask({ kind: "destroy", environment }).catch(() => undefined);
  await runner?.stop(5_000);
  await world?.close();
}, 240_000);

async function submit(body: Record<string, unknown>) {
  const { submitRequest } = await import("@/lib/features/requests");
  const submitted = await submitRequest(await actorOf(world, "developer"), {
    reason: "test",
    ...body,
  } as Parameters<typeof submitRequest>[1]);
  if (body.kind === "create") made.push(submitted.environmentId);
  return submitted;
}

async function ask(body: Record<string, unknown>) {
  const submitted = await submit(body);
  runner.wake();
  return { ...submitted, end: await endOf(submitted.id) };
}

/** How a request's run ended, with its log. */
async function endOf(requestId: string): Promise<{ status: string; message: string; log: string }> {
  return until(
    async () => {
      const { rows } = await world.database.pool.query(
        `SELECT u.status::text, coalesce(u.error->>'message', '') AS message, coalesce((SELECT string_agg(text, E'\\n' ORDER BY id)
           FROM step_log WHERE run_id = u.id), '') AS log FROM request q LEFT JOIN run u ON u.id = q.run_id WHERE q.id = $1`,
        [requestId],
      );
      return rows[0];
    },
    ({ status }) => ["succeeded", "failed", "unknown", "cancelled"].includes(status),
    90_000,
    10,
  );
}

async function create(template: string, name: string, cloud = "machine"): Promise<string> {
  const { environmentId, end } = await ask({
    kind: "create",
    project: "team",
    template,
    name,
    cloud,
    parameters: {},
  });
  expect(end.status, `${end.message} ${end.log}`).toBe("succeeded");
  return environmentId;
}

async function approve(requestId: string, digest: string) {
  const { decideRequest } = await import("@/lib/features/requests");
  const body = { decision: "approve" as const, digest, reason: "" };
  await decideRequest(await actorOf(world, "approver"), requestId, body);
  runner.wake();
  return await endOf(requestId);
}

async function takeBackup(environmentId: string): Promise<string> {
  const { requestBackup, takeBackup: take } = await import("@/lib/features/backups");
  const { id } = await requestBackup(await actorOf(world, "developer"), environmentId, {});
  expect(await take(id)).toBe(true);
  const { rows } = await world.database.pool.query("SELECT status::text, error FROM backup WHERE id = $1", [
    id,
  ]);
  expect(rows[0]).toMatchObject({ status: "succeeded" });
  return id;
}

async function urlOf(environmentId: string, component: string): Promise<string> {
  const { rows } = await world.database.pool.query(
    `SELECT address->'external'->>'host' AS host, (SELECT value FROM jsonb_each_text(address->'external'->'ports') LIMIT 1) AS port
     FROM resource WHERE environment_id = $1 AND component = $2`,
    [environmentId, component],
  );
  return `http://${rows[0].host}:${rows[0].port}`;
}

async function textAt(url: string): Promise<string> {
  return await (await fetch(url, { headers: { connection: "close" } })).text();
}

async function statusOf(environmentId: string): Promise<string> {
  const sql = "SELECT status::text FROM environment WHERE id = $1";
  return (await world.database.pool.query(sql, [environmentId])).rows[0].status;
}

/** The directory of a component, as the machine says it. */
async function directoryOf(environmentId: string, component: string): Promise<string> {
  const { rows } = await world.database.pool.query(
    "SELECT attributes->>'directory' AS directory FROM resource WHERE environment_id = $1 AND component = $2",
    [environmentId, component],
  );
  return rows[0].directory;
}

async function pidOf(environmentId: string, component: string): Promise<number> {
  const { connectionFor } = await import("@/lib/features/clouds");
  const ref = { environmentId, environmentName: "", component };
  const seen = await (await connectionFor(machineId)).observe(ref);
  return seen.present ? Number(seen.attributes.pid) : 0;
}

async function look(environmentId: string): Promise<void> {
  const { monitoringTick } = await import("@/lib/features/monitoring");
  await world.database.pool.query(
    "UPDATE environment SET next_check_at = now() + CASE WHEN id = $1 THEN interval '-1 second' ELSE interval '1 hour' END",
    [environmentId],
  );
  await monitoringTick(new AbortController().signal);
}

async function idle(environmentId: string): Promise<void> {
  runner.wake();
  await until(
    async () =>
      (
        await world.database.pool.query(
          "SELECT 1 FROM request WHERE environment_id = $1 AND status = 'running'",
          [environmentId],
        )
      ).rowCount,
    (count) => count === 0,
    60_000,
  );
}

it("refuses to repair what is whole, and starts what is dead without approval", async () => {
  const id = await create("notes", "killed");
  await expect(submit({ kind: "repair", environment: id })).rejects.toMatchObject({ code: "conflict" });
  process.kill(await pidOf(id, "store"), "SIGKILL");
  await until(
    () => pidOf(id, "store"),
    (pid) => pid === 0,
  );
  const repair = await ask({ kind: "repair", environment: id });
  expect(repair.plan.changes).toMatchObject([
    { component: "store", action: "repair", reason: "stopped: the process" },
    { component: "page", action: expect.stringMatching(/no-op|repair/) },
  ]);
  expect(repair.end.status, repair.end.log).toBe("succeeded");
  expect(await textAt(await urlOf(id, "page"))).toBe("empty");
});

it("makes a vanished component again with the data of its newest backup, once that is approved", async () => {
  const id = await create("notes", "vanished");
  const store = await urlOf(id, "store");
  await textAt(`${store}/put/kept`);
  const backup = await takeBackup(id);
  await textAt(`${store}/put/later`);
  const pid = await pidOf(id, "store");
  rmSync(join(await directoryOf(id, "store"), ".."), { recursive: true, force: true });
  const repair = await submit({ kind: "repair", environment: id });
  expect(repair.status).toBe("pending_approval");
  const change = repair.plan.changes.find((one) => one.component === "store");
  expect(change).toMatchObject({
    action: "repair",
    dataLoss: { what: ["volume data"], backup: { id: backup } },
  });
  expect(change?.reason).toContain("data is restored from the backup of");
  expect(repair.verdicts.find((one) => one.policy === "lost-data")?.effect).toBe("require_approval");
  const end = await approve(repair.id, repair.plan.digest);
  expect(end.status, `${end.message} ${end.log}`).toBe("succeeded");
  expect(await statusOf(id)).toBe("running");
  expect(await urlOf(id, "store")).toBe(store);
  expect(await textAt(await urlOf(id, "page"))).toBe("kept");
  expect(existsSync(`/proc/${pid}`)).toBe(false);
});

it("says that data is lost where there is no backup, and starts empty once that is approved", async () => {
  const id = await create("notes", "unsaved");
  await textAt(`${await urlOf(id, "store")}/put/unsaved`);
  rmSync(join(await directoryOf(id, "store"), "volumes"), { recursive: true, force: true });
  const repair = await submit({ kind: "repair", environment: id });
  expect(repair).toMatchObject({ status: "pending_approval" });
  expect(repair.plan.changes[0]?.reason).toContain("data is lost, no backup exists");
  const end = await approve(repair.id, repair.plan.digest);
  expect(end.status, end.log).toBe("succeeded");
  expect(await textAt(await urlOf(id, "page"))).toBe("empty");
});

it("restores a backup into a component that vanished", async () => {
  const id = await create("notes", "restored");
  await textAt(`${await urlOf(id, "store")}/put/saved`);
  const backup = await takeBackup(id);
  rmSync(await directoryOf(id, "store"), { recursive: true, force: true });
  const { end } = await ask({ kind: "restore", environment: id, backup });
  expect(end.status, `${end.message} ${end.log}`).toBe("succeeded");
  expect(await textAt(await urlOf(id, "page"))).toBe("saved");
});

it("makes again what is gone when it is restarted, and refuses where data went with it", async () => {
  const id = await create("notes", "restarted");
  rmSync(await directoryOf(id, "page"), { recursive: true, force: true });
  const { end } = await ask({ kind: "restart", environment: id, component: "page" });
  expect(end.status, `${end.message} ${end.log}`).toBe("succeeded");
  expect(await textAt(await urlOf(id, "page"))).toBe("empty");
  rmSync(await directoryOf(id, "store"), { recursive: true, force: true });
  const refused = await ask({ kind: "restart", environment: id, component: "store" });
  expect(refused.end).toMatchObject({ status: "failed" });
  expect(refused.end.message).toContain("Data of store is lost: volume data");
});

it("completes what a failed creation never made", async () => {
  const id = await create("notes", "unrecorded");
  await world.database.pool.query("DELETE FROM resource WHERE environment_id = $1 AND component = 'page'", [
    id,
  ]);
  rmSync(join(await directoryOf(id, "store"), "..", "page"), { recursive: true, force: true });
  const repair = await ask({ kind: "repair", environment: id });
  expect(repair.plan.changes[1]).toMatchObject({
    component: "page",
    action: "repair",
    reason: "never completed",
  });
  expect(repair.end.status, `${repair.end.message} ${repair.end.log}`).toBe("succeeded");
  expect(await textAt(await urlOf(id, "page"))).toBe("empty");
});

it("repairs a database whose cluster is damaged, from its backup, and restores into it", async () => {
  const id = await create("database", "damaged");
  const backup = await takeBackup(id);
  const control = join(await directoryOf(id, "db"), "volumes", "data", "pgdata", "global", "pg_control");
  const damage = async () => {
    rmSync(control);
    process.kill(await pidOf(id, "db"), "SIGKILL");
    await until(
      () => pidOf(id, "db"),
      (pid) => pid === 0,
    );
  };
  await damage();
  const repair = await submit({ kind: "repair", environment: id });
  expect(repair.plan.changes[0]?.reason).toContain("damaged: volume data");
  const end = await approve(repair.id, repair.plan.digest);
  expect(end.status, `${end.message} ${end.log}`).toBe("succeeded");
  await damage();
  const restored = await ask({ kind: "restore", environment: id, backup });
  expect(restored.end.status, `${restored.end.message} ${restored.end.log}`).toBe("succeeded");
  expect(readFileSync(control).length).toBeGreaterThan(0);
}, 240_000);

it("heals by making again what is gone, and leaves lost data to a person unless the template allows it", async () => {
  const id = await create("notes", "guarded");
  await textAt(`${await urlOf(id, "store")}/put/kept`);
  const backup = await takeBackup(id);
  rmSync(await directoryOf(id, "page"), { recursive: true, force: true });
  await look(id);
  await idle(id);
  expect(await textAt(await urlOf(id, "page"))).toBe("kept");
  rmSync(await directoryOf(id, "store"), { recursive: true, force: true });
  await look(id);
  await idle(id);
  const { listIncidents } = await import("@/lib/features/monitoring");
  const said = (await listIncidents(await actorOf(world, "developer"), id))
    .flatMap((one) => one.actions)
    .map((one) => one.text);
  expect(said).toContainEqual(expect.stringMatching(/^Recreated, attempt 1 of 5/));
  expect(said).toContainEqual(expect.stringMatching(/Restore from the backup of/));
  expect(await pidOf(id, "store")).toBe(0);
  const { end } = await ask({ kind: "restore", environment: id, backup });
  expect(end.status, end.log).toBe("succeeded");
});

it("restores lost data by itself where the template allows it", async () => {
  const id = await create("self-restoring", "trusting");
  await textAt(`${await urlOf(id, "store")}/put/kept`);
  await takeBackup(id);
  rmSync(await directoryOf(id, "store"), { recursive: true, force: true });
  await look(id);
  await idle(id);
  expect(await textAt(await urlOf(id, "page"))).toBe("kept");
});

it("destroys what a failed creation left although nothing of it was recorded", async () => {
  const setFaults = async (faults: object[]) => {
    await world.database.pool.query("UPDATE cloud SET config = $2, updated_at = now() WHERE id = $1", [
      world.cloudId,
      JSON.stringify({ faults }),
    ]);
    const { forgetConnection } = await import("@/lib/features/clouds");
    forgetConnection(world.cloudId);
  };
  await setFaults([{ call: "apply", effect: "permanent", when: "after", times: null }]);
  const body = { kind: "create", project: "team", template: "plain", cloud: "sim", parameters: {} };
  const { environmentId: id, end } = await ask({ ...body, name: "half-made" });
  expect(end.status).toBe("failed");
  const things = join(world.dataDir, "clouds", world.cloudId, "things", id);
  expect(existsSync(join(things, "web.json"))).toBe(true);
  // What can't be removed is said, and the environment isn't called destroyed.
  await setFaults([{ call: "remove", effect: "permanent", times: null }]);
  const refused = await ask({ kind: "destroy", environment: id });
  expect(refused.end.status).toBe("failed");
  expect(await statusOf(id)).not.toBe("destroyed");
  await setFaults([]);
  const { end: destroyed } = await ask({ kind: "destroy", environment: id });
  expect(destroyed.status, destroyed.message).toBe("succeeded");
  expect(existsSync(join(things, "web.json"))).toBe(false);
});

it("destroys an environment of which parts were deleted by hand, and one of which nothing is left", async () => {
  const some = await create("notes", "half-gone");
  writeFileSync(join(await directoryOf(some, "page"), "..", "stray"), "left by hand");
  writeFileSync(join(await directoryOf(some, "page"), "component.json"), "{ rubbish");
  const none = await create("notes", "all-gone");
  rmSync(join(await directoryOf(none, "page"), ".."), { recursive: true, force: true });
  for (const environment of [some, none]) {
    const { end } = await ask({ kind: "destroy", environment });
    expect(end.status, `${end.message} ${end.log}`).toBe("succeeded");
    const { connectionFor } = await import("@/lib/features/clouds");
    const connection = await connectionFor(machineId);
    expect(await connection.listOwned(environment, new AbortController().signal)).toEqual([]);
  }
});
