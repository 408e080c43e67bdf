import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { newId } from "@/lib/kernel/ids";
import type { Stop } from "@/workers/stop";
import { actorOf, createWorld, until, type World } from "../support/world";

/** Serves 200, or 503 while there is a file "ill" in its data. */
const script = `const {existsSync} = require("fs");
require("http").createServer((_, answer) => { answer.statusCode = existsSync("data/ill") ? 503 : 200; answer.end(); })
  .listen(process.env.PORT, "127.0.0.1")`;
const checkMs = 1_000;
const failures = 2;
const component = {
  process: { program: "node", args: ["-e", script], ports: [8080], volumes: ["data:/data"] },
  health: { http: "/", interval: "1s", timeout: "1s", failures, grace: "5s" },
  recovery: { attempts: 50, window: "1h" },
};
/** What a status may lag behind: the checks that decide, a turn of each job, and a busy machine. */
const lagMs = failures * checkMs + 4_000 + 6_000;
const chaosMs = 30_000;

let world: World;
let runner: RunRunner;
let stopMonitoring: Stop;

beforeAll(async () => {
  world = await createWorld();
  await world.database.pool.query(
    `INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, 'machine', 'This machine', 'machine', $2, now())`,
    [newId("cloud"), JSON.stringify({ portRange: [21_700, 21_729] })],
  );
  await world.publish("pages", { front: component, middle: component, back: component });
  runner = await world.runner("test", { attemptMs: 60_000, leaseMs: 15_000, heartbeatMs: 3_000 });
  const [{ startJobs }, { Turns }] = await Promise.all([
    import("@/workers/start-jobs"),
    import("@/workers/turns"),
  ]);
  stopMonitoring = await startJobs(["monitoring"], new Turns());
}, 120_000);

afterAll(async () => {
  await stopMonitoring?.();
  const { rows } = await world.database.pool.query("SELECT id FROM environment WHERE destroyed_at IS NULL");
  for (const { id } of rows) await request({ kind: "destroy", environment: id });
  await runner?.stop(5_000);
  await world?.close();
}, 60_000);

async function request(body: Record<string, unknown>) {
  const { submitRequest } = await import("@/lib/features/requests");
  const submitted = await submitRequest(await actorOf(world, "developer"), {
    reason: "test",
    ...body,
  } as Parameters<typeof submitRequest>[1]);
  const status = await until(
    async () => {
      runner.wake();
      const { rows } = await world.database.pool.query("SELECT status::text FROM run WHERE id = $1", [
        submitted.runId,
      ]);
      return rows[0]?.status as string;
    },
    (one) => ["succeeded", "failed", "unknown", "cancelled"].includes(one),
    60_000,
    200,
  );
  return { ...submitted, status };
}

interface Shown {
  component: string;
  status: string;
  health: string;
  url: string | null;
  directory: string;
  pid: number | null;
}

async function shownOf(id: string): Promise<{ status: string; busy: boolean; components: Shown[] }> {
  const { rows } = await world.database.pool.query(
    `SELECT e.status::text, EXISTS (SELECT 1 FROM run WHERE environment_id = e.id
         AND status IN ('queued', 'running', 'parked')) AS busy,
       (SELECT json_agg(json_build_object('component', r.component, 'status', r.status, 'health', r.health,
          'url', r.address->>'url', 'directory', r.attributes->>'directory', 'pid', (r.attributes->>'pid')::int)
          ORDER BY r.component) FROM resource r WHERE r.environment_id = e.id) AS components
     FROM environment e WHERE e.id = $1`,
    [id],
  );
  return rows[0];
}

async function serves(url: string | null): Promise<boolean> {
  if (!url) return false;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_500), headers: { connection: "close" } });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}

/** What a page claims of a component; null while it claims neither. */
function claimOf(environment: string, { status, health }: Shown): boolean | null {
  if (environment === "stopped" || status === "stopped") return false;
  if (environment !== "running") return null;
  if (health === "healthy") return true;
  return health === "unhealthy" ? false : null;
}

/** Numbers that look random and are the same every time (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

it("shows what is, within the check interval, whatever happens to the components", async () => {
  const { environmentId, status } = await request({
    kind: "create",
    project: "team",
    template: "pages",
    name: "chaos",
    cloud: "machine",
    parameters: {},
  });
  expect(status).toBe("succeeded");

  const lies: string[] = [];
  const since = new Map<string, number>();
  const done = new AbortController();
  let looks = 0;
  const watching = (async () => {
    while (!done.signal.aborted) {
      runner.wake();
      const shown = await shownOf(environmentId);
      for (const one of shown.components) {
        const claim = claimOf(shown.status, one);
        const isTrue = claim === null || shown.busy || claim === (await serves(one.url));
        looks += 1;
        if (isTrue) since.delete(one.component);
        else since.set(one.component, since.get(one.component) ?? Date.now());
        const forMs = Date.now() - (since.get(one.component) ?? Date.now());
        if (forMs > lagMs) {
          lies.push(`${one.component} is shown ${shown.status}/${one.status}/${one.health} for ${forMs} ms`);
          since.delete(one.component);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  })();

  const random = numbers(20_261_129);
  const endMs = Date.now() + chaosMs;
  const deeds: string[] = [];
  while (Date.now() < endMs) {
    const { components } = await shownOf(environmentId);
    const victim = components[Math.floor(random() * components.length)];
    const ill = join(victim?.directory ?? "", "volumes/data/ill");
    const dice = random();
    if (dice < 0.35 && victim?.pid) {
      deeds.push("kill");
      try {
        process.kill(victim.pid, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    } else if (dice < 0.65) {
      deeds.push("ill");
      writeFileSync(ill, "");
    } else if (dice < 0.9) {
      deeds.push("well");
      for (const one of components) rmSync(join(one.directory, "volumes/data/ill"), { force: true });
    } else {
      deeds.push("restart");
      await request({ kind: "restart", environment: environmentId, component: victim?.component }).catch(
        (error: { code?: string }) => {
          // Healing was faster.
          if (error.code !== "conflict" && error.code !== "stale_plan") throw error;
        },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000 + random() * 3_000));
  }
  // Left alone, all is healed, and shown so.
  for (const one of (await shownOf(environmentId)).components) {
    const ill = join(one.directory, "volumes/data/ill");
    if (existsSync(ill)) rmSync(ill);
  }
  await until(
    async () => {
      runner.wake();
      const shown = await shownOf(environmentId);
      const real = await Promise.all(shown.components.map((one) => serves(one.url)));
      return { ...shown, real };
    },
    ({ busy, components, real }) =>
      !busy && real.every(Boolean) && components.every((one) => one.health === "healthy"),
    90_000,
    500,
  );
  done.abort();
  await watching;
  expect(deeds).toEqual(expect.arrayContaining(["kill", "ill", "well"]));
  expect(looks).toBeGreaterThan(40);
  expect(lies).toEqual([]);
}, 300_000);
