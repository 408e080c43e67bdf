import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { newId } from "@/lib/kernel/ids";
import { actorOf, createWorld, until, type World } from "../support/world";

const signal = new AbortController().signal;
const server = "require('http').createServer((q,s)=>s.end('up')).listen(process.env.PORT,'127.0.0.1')";
/** Lives, and is ill from the moment it is told to be until it is started again. */
const moody = `let status = 200;
require('http').createServer((q, s) => { if (q.url === '/ill') status = 503; s.statusCode = q.url === '/' ? status : 200; s.end(); })
  .listen(process.env.PORT, '127.0.0.1')`;
let world: World;
let runner: RunRunner;
const environments: string[] = [];

beforeAll(async () => {
  world = await createWorld();
  await world.publish("one", {
    web: { container: { image: "web" }, recovery: { attempts: 2, window: "1h" } },
  });
  await world.publish("real", {
    web: {
      process: { program: "node", args: ["-e", server], ports: [8080] },
      health: { http: "/", interval: "1s", timeout: "2s" },
    },
  });
  await world.publish("moody", {
    web: {
      process: { program: "node", args: ["-e", moody], ports: [8080] },
      health: { http: "/", interval: "1s", timeout: "2s", failures: 2, grace: "5s" },
    },
  });
  await world.database.pool.query(
    `INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, 'machine', 'This machine', 'machine', $2, now())`,
    [newId("cloud"), JSON.stringify({ portRange: [21_700, 21_749] })],
  );
  runner = await world.runner();
});

/** Nothing of one test may be watched, or run, in the next. */
afterEach(async () => {
  const { submitSystemRequest } = await import("@/lib/features/requests");
  await setFaults([]);
  for (const environment of environments.splice(0)) {
    await idle(environment);
    await submitSystemRequest("test", { kind: "destroy", environment, reason: "" });
    runner.wake();
    await until(
      () => statusOf(environment),
      (status) => status === "destroyed",
    );
  }
});

afterAll(async () => {
  await runner?.stop(2_000);
  await world?.close();
});

async function create(template: string, name: string, cloud: string): Promise<string> {
  const { submitRequest } = await import("@/lib/features/requests");
  const body = {
    kind: "create" as const,
    project: "team",
    template,
    name,
    cloud,
    parameters: {},
    reason: "",
  };
  const { environmentId } = await submitRequest(await actorOf(world, "developer"), body);
  environments.push(environmentId);
  runner.wake();
  await until(
    () => statusOf(environmentId),
    (status) => status === "running",
  );
  return environmentId;
}

async function statusOf(environmentId: string): Promise<string> {
  const sql = "SELECT status::text FROM environment WHERE id = $1";
  return (await world.database.pool.query(sql, [environmentId])).rows[0].status;
}

async function setFaults(faults: object[]): Promise<void> {
  await world.database.pool.query("UPDATE cloud SET config = $2, updated_at = now() WHERE id = $1", [
    world.cloudId,
    JSON.stringify({ faults }),
  ]);
  const { forgetConnection } = await import("@/lib/features/clouds");
  forgetConnection(world.cloudId);
}

/** Changes the simulated thing behind the cloud's back, as a crash would. */
function kill(environmentId: string): void {
  const folder = join(world.dataDir, "clouds", world.cloudId, "things", environmentId);
  const file = join(folder, "web.json");
  const thing = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...thing, status: "failed" }));
}

/** A full look at one environment now, whenever its next one would be. */
async function look(environmentId: string): Promise<void> {
  const { monitoringTick } = await import("@/lib/features/monitoring");
  await world.database.pool.query(
    "UPDATE environment SET next_check_at = now() - interval '1 second' WHERE id = $1",
    [environmentId],
  );
  await world.database.pool.query("UPDATE resource SET checked_at = NULL WHERE environment_id = $1", [
    environmentId,
  ]);
  await monitoringTick(signal);
}

/** Until no run of the environment is under way and what follows from it is written. */
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
  );
}

async function incidentsOf(environmentId: string) {
  const { listIncidents } = await import("@/lib/features/monitoring");
  return await listIncidents(await actorOf(world, "developer"), environmentId);
}

async function restartsAsked(environmentId: string): Promise<number> {
  const sql = "SELECT count(*)::int AS count FROM request WHERE environment_id = $1 AND kind = 'heal'";
  return (await world.database.pool.query(sql, [environmentId])).rows[0].count;
}

/** As if the restarts asked for so far were a while ago: the pause before the next one is over. */
async function letPauseEnd(environmentId: string): Promise<void> {
  await world.database.pool.query(
    "UPDATE request SET created_at = created_at - interval '10 minutes' WHERE environment_id = $1 AND kind = 'heal'",
    [environmentId],
  );
}

it("opens an incident for what died, restarts it, and closes it when it is well", async () => {
  const id = await create("one", "heals", "sim");
  kill(id);
  await look(id);
  const [opened] = await incidentsOf(id);
  expect(opened).toMatchObject({ component: "web", kind: "down", closedAt: null });
  expect(opened?.actions.at(-1)).toMatchObject({ text: "Restarted, attempt 1 of 2" });
  expect(opened?.actions.at(-1)?.requestId).toMatch(/^req_/);
  await idle(id);
  await look(id);
  const incidents = await incidentsOf(id);
  expect(incidents).toHaveLength(1);
  expect(incidents[0]?.closedAt).not.toBeNull();
  expect(incidents[0]?.actions.at(-1)?.text).toBe("Recovered");
  const { rows } = await world.database.pool.query(
    "SELECT e.health::text, r.restarts, (SELECT count(*)::int FROM sample s WHERE s.resource_id = r.id) AS samples FROM environment e JOIN resource r ON r.environment_id = e.id WHERE e.id = $1",
    [id],
  );
  expect(rows[0]).toMatchObject({ health: "healthy", restarts: 1 });
  expect(rows[0].samples).toBeGreaterThan(0);
  const { metricsOf } = await import("@/lib/features/monitoring");
  const { series } = await metricsOf(await actorOf(world, "developer"), id, "1h");
  const points = series[0]?.points ?? [];
  expect(points.length).toBeLessThanOrEqual(240);
  expect(points.at(-1)?.cpuCores).not.toBeNull();
  expect(points[0]?.cpuCores).toBeNull();
});

it("pauses between restarts, gives up at the limit, and calls the owner once", async () => {
  const id = await create("one", "hopeless", "sim");
  kill(id);
  await look(id);
  await idle(id);
  kill(id);
  await look(id);
  expect(await restartsAsked(id)).toBe(1);
  await letPauseEnd(id);
  await look(id);
  expect(await restartsAsked(id)).toBe(2);
  await idle(id);
  kill(id);
  await letPauseEnd(id);
  await look(id);
  await look(id);
  expect(await restartsAsked(id)).toBe(2);
  const [incident] = await incidentsOf(id);
  const givenUp = incident?.actions.filter((one) => one.text.startsWith("Stopped after 2 attempts"));
  expect(givenUp).toHaveLength(1);
  expect(incident?.closedAt).toBeNull();
  const told = await world.database.pool.query(
    "SELECT title FROM notification WHERE user_id = $1 AND kind = 'incident.needs-you'",
    [world.developerId],
  );
  expect(told.rows).toEqual([{ title: "hopeless: web keeps failing" }]);
});

it("opens one incident for a cloud that does not answer and restarts nothing", async () => {
  const id = await create("one", "cut-off", "sim");
  await setFaults([{ call: "observe", effect: "retryable", times: null }]);
  await look(id);
  await look(id);
  const incidents = await incidentsOf(id);
  expect(incidents).toMatchObject([{ component: "", kind: "cloud-unreachable", closedAt: null }]);
  expect(await restartsAsked(id)).toBe(0);
  const sql = "SELECT health::text, health_message FROM environment WHERE id = $1";
  const { rows } = await world.database.pool.query(sql, [id]);
  expect(rows[0].health).toBe("unknown");
  expect(rows[0].health_message).toMatch(/Cloud Simulated is unreachable/);
  await setFaults([]);
  await look(id);
  expect((await incidentsOf(id))[0]?.closedAt).not.toBeNull();
});

it("samples demonstration environments and never heals them", async () => {
  const id = await create("one", "shown", "sim");
  await world.database.pool.query("UPDATE environment SET is_demo = true WHERE id = $1", [id]);
  kill(id);
  await look(id);
  expect(await incidentsOf(id)).toEqual([]);
  expect(await restartsAsked(id)).toBe(0);
  const sql =
    "SELECT count(*)::int AS count FROM sample s JOIN resource r ON r.id = s.resource_id WHERE r.environment_id = $1";
  expect((await world.database.pool.query(sql, [id])).rows[0].count).toBe(1);
  await world.database.pool.query("UPDATE environment SET is_demo = false WHERE id = $1", [id]);
});

it("stops at the end of a lease, destroys after the grace, and says so", async () => {
  const { leaseTick } = await import("@/lib/features/leases");
  const id = await create("one", "leased", "sim");
  const setEnd = (moment: string) =>
    world.database.pool.query(`UPDATE environment SET lease_ends_at = now() + $2::interval WHERE id = $1`, [
      id,
      moment,
    ]);
  const told = async () =>
    (
      await world.database.pool.query(
        "SELECT title FROM notification WHERE kind LIKE 'lease.%' ORDER BY created_at",
      )
    ).rows;
  await setEnd("1 hour");
  await leaseTick();
  await leaseTick();
  expect(await told()).toEqual([{ title: "leased: lease ends within a day" }]);
  await setEnd("-1 minute");
  await Promise.all([leaseTick(), leaseTick()]);
  await idle(id);
  expect(await statusOf(id)).toBe("stopped");
  expect(await told()).toHaveLength(2);
  await leaseTick();
  await idle(id);
  expect(await statusOf(id)).toBe("stopped");
  await world.database.pool.query(
    "UPDATE environment SET destroy_after = now() - interval '1 second' WHERE id = $1",
    [id],
  );
  await leaseTick();
  await idle(id);
  expect(await statusOf(id)).toBe("destroyed");
  environments.splice(environments.indexOf(id), 1);
});

async function processOf(environmentId: string): Promise<{ pid: number; url: string }> {
  const sql =
    "SELECT (attributes->>'pid')::int AS pid, address->>'url' AS url FROM resource WHERE environment_id = $1";
  const { rows } = await world.database.pool.query<{ pid: number; url: string }>(sql, [environmentId]);
  if (!rows[0]) throw new Error("The process was not recorded.");
  return rows[0];
}

it("replaces what lives and is ill, and calls it well only after as many passed checks", async () => {
  const { livenessTick } = await import("@/lib/features/monitoring");
  const id = await create("moody", "ill", "machine");
  const first = await processOf(id);
  const fallIll = async () => {
    await fetch(`${first.url}/ill`);
    await look(id);
    await look(id);
  };
  await fallIll();
  expect(await incidentsOf(id)).toMatchObject([{ kind: "unhealthy", closedAt: null, occurrences: 1 }]);
  await idle(id);
  expect((await processOf(id)).pid).not.toBe(first.pid);
  // It lives; whether it is well, no one has looked.
  await livenessTick(signal);
  await look(id);
  expect(await incidentsOf(id)).toMatchObject([{ closedAt: null }]);
  await livenessTick(signal);
  expect(await incidentsOf(id)).toMatchObject([{ closedAt: null }]);
  await look(id);
  expect((await incidentsOf(id))[0]?.closedAt).not.toBeNull();
  await fallIll();
  expect(await incidentsOf(id)).toMatchObject([{ kind: "unhealthy", closedAt: null, occurrences: 2 }]);
});

it("replaces a process that lives when a person asks for a restart", async () => {
  const { submitRequest } = await import("@/lib/features/requests");
  const id = await create("moody", "again", "machine");
  const before = await processOf(id);
  const body = { kind: "restart" as const, environment: id, reason: "" };
  await submitRequest(await actorOf(world, "developer"), body);
  await idle(id);
  await look(id);
  const after = await processOf(id);
  expect(after.pid).not.toBe(before.pid);
  expect(after.url).toBe(before.url);
});

it("heals a real process within 15 s of kill -9", async () => {
  const { livenessTick } = await import("@/lib/features/monitoring");
  const id = await create("real", "killed", "machine");
  const before = await processOf(id);
  const startedMs = Date.now();
  process.kill(before.pid, "SIGKILL");
  await until(
    async () => {
      await livenessTick(signal);
      return await incidentsOf(id);
    },
    (incidents) => incidents.some((one) => one.kind === "down"),
  );
  await idle(id);
  await look(id);
  // By the times the product writes down: what a page says of it, not how often this test looks.
  const incident = (await incidentsOf(id))[0];
  expect(Date.parse(incident?.openedAt ?? "") - startedMs).toBeLessThan(5_000);
  expect(Date.parse(incident?.closedAt ?? "") - startedMs).toBeLessThan(15_000);
  const after = await processOf(id);
  expect(after.pid).not.toBe(before.pid);
  expect(after.url).toBe(before.url);
  expect(await (await fetch(before.url)).text()).toBe("up");
});
