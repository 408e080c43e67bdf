import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { newId } from "@/lib/kernel/ids";
import { actorOf, createWorld, until, type World } from "../support/world";

/** Answers 200 as soon as there is a file "on" in its data. */
const server = `
const {existsSync} = require("fs");
require("http").createServer((q, s) => { s.statusCode = existsSync("data/on") ? 200 : 503; s.end("up"); })
  .listen(process.env.PORT, "127.0.0.1")`;

let world: World;
let runner: RunRunner;

beforeAll(async () => {
  world = await createWorld();
  await world.publish(
    "picky",
    {
      web: {
        process: {
          program: "node",
          args: ["-e", server],
          ports: [8080],
          volumes: ["data:/data"],
        },
        health: { tcp: 8080, interval: "1s", timeout: "2s" },
      },
    },
    { acceptance: [{ name: "The door opens", http: "${{ components.web.url }}/", timeout: "2s" }] },
  );
  await world.database.pool.query(
    `INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, 'machine', 'This machine', 'machine', $2, now())`,
    [newId("cloud"), JSON.stringify({ portRange: [21_750, 21_759] })],
  );
  runner = await world.runner();
});

afterAll(async () => {
  await runner?.stop(2_000);
  await world?.close();
});

async function requestEnds(runId: string): Promise<{ status: string; message: string }> {
  const rows = await until(
    async () =>
      (
        await world.database.pool.query(
          "SELECT status::text, message FROM request WHERE run_id = $1 AND status <> 'running'",
          [runId],
        )
      ).rows,
    (found) => found.length === 1,
    30_000,
  );
  return rows[0];
}

it("says which check failed; a resume starts what died meanwhile and checks again", async () => {
  const { submitRequest, submitSystemRequest } = await import("@/lib/features/requests");
  const developer = await actorOf(world, "developer");
  const { environmentId, runId = "" } = await submitRequest(developer, {
    kind: "create",
    project: "team",
    template: "picky",
    name: "picky",
    cloud: "machine",
    parameters: {},
    reason: "",
  });
  runner.wake();
  expect(await requestEnds(runId)).toMatchObject({
    status: "failed",
    message: expect.stringContaining('check "The door opens" failed: HTTP 503, expected 200'),
  });

  // While someone looks for the cause the process dies, and then the cause is gone.
  const { loadEnvironment } = await import("@/lib/features/environments");
  const { connectionFor } = await import("@/lib/features/clouds");
  const context = await loadEnvironment(environmentId);
  const connection = await connectionFor(context.row.placement.web?.cloudId ?? "");
  const ref = { environmentId, environmentName: "picky", component: "web" };
  const alive = await connection.observe(ref);
  if (!alive.present) throw new Error("nothing was made");
  process.kill(Number(alive.attributes.pid), "SIGKILL");
  await until(
    () => connection.observe(ref),
    (seen) => seen.present && seen.status === "failed",
  );
  writeFileSync(join(String(alive.attributes.directory), "volumes/data/on"), "");

  const { resumeStoppedRun } = await import("@/lib/features/runs");
  await resumeStoppedRun(developer, runId);
  runner.wake();
  expect(await requestEnds(runId)).toMatchObject({ status: "succeeded" });
  const now = await connection.observe(ref);
  expect(now).toMatchObject({ present: true, status: "running", url: alive.url });

  const destroying = await submitSystemRequest("test", {
    kind: "destroy",
    environment: environmentId,
    reason: "",
  });
  runner.wake();
  expect(await requestEnds(destroying.runId ?? "")).toMatchObject({ status: "succeeded" });
});
