import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { newId } from "@/lib/kernel/ids";
import { findInDatabase } from "../support/scan-database";
import { actorOf, createWorld, until, type World } from "../support/world";

/** Nothing in the name of its variable tells that this is a secret. */
const canary = `can"ary of {data} & 'more' 100%/x`;

const say = `
const secret = process.env.GREETING ?? "";
console.log("plain " + secret);
console.error("json " + JSON.stringify({ greeting: secret }));
console.log("url " + encodeURIComponent(secret) + " base64 " + Buffer.from("x" + secret).toString("base64"));
console.log("url safe " + Buffer.from(secret).toString("base64url"));`;
const program = `${say}
if (process.env.MODE === "die") { console.error("cannot greet " + secret); process.exit(4); }
require("http").createServer((q, s) => s.end("hello " + secret)).listen(process.env.PORT, process.env.HOST);
process.on("SIGTERM", () => process.exit(0));`;
const fails = (code: number) => ["node", "-e", `${say}; process.exit(${code})`];

let world: World;
let runner: RunRunner;
let portal: typeof import("../support/portal");
let viewer = "";
const made: string[] = [];
const logged: string[] = [];

beforeAll(async () => {
  world = await createWorld();
  portal = await import("../support/portal");
  const health = {
    health: { exec: ["node", "-e", "process.exit(0)"], interval: "1s", grace: "3s", timeout: "2s" },
  };
  // The simulated cloud cannot run a command for a check.
  for (const [name, checked] of [
    ["greeter-sim", {}],
    ["greeter-machine", health],
  ] as const)
    await publishGreeter(name, checked);
  await world.database.pool.query(
    `INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, 'machine', 'This machine', 'machine', $2, now())`,
    [newId("cloud"), JSON.stringify({ portRange: [21_860, 21_879] })],
  );
  viewer = (await portal.makePerson("viewer", { projects: { [world.projectId]: "viewer" } })).token;
  runner = await world.runner("canary", { attemptMs: 30_000 });
});

function publishGreeter(name: string, health: object): Promise<string> {
  const greeting = "${{ parameters.greeting }}";
  return world.publish(
    name,
    {
      web: {
        size: { cpu: 0.1, memory: "128Mi" },
        process: {
          program: "node",
          args: ["-e", program, "--", greeting],
          prepare: [["node", "-e", `${say}; if (process.env.MODE === "prepare") process.exit(5)`]],
          ports: [8080],
          environment: { GREETING: greeting, MODE: "${{ parameters.mode }}" },
        },
        ...health,
        outputs: { text: `Say ${greeting}` },
        backup: { dump: fails(6), restore: fails(7) },
      },
    },
    {
      parameters: {
        properties: {
          greeting: { type: "string", format: "secret" },
          mode: { type: "string", default: "well" },
          size: { type: "integer", default: 1 },
        },
      },
      acceptance: [
        {
          http: "${{ components.web.url }}",
          contains: `\${{ parameters.mode == 'accept' ? 'never ' : '' }}${greeting}`,
          timeout: "2s",
        },
      ],
      actions: [
        { name: "tell", title: "Tell", component: "web", run: fails(0) },
        { name: "fail", title: "Fail", component: "web", run: fails(8) },
      ],
    },
  );
}
afterAll(async () => {
  const { submitSystemRequest } = await import("@/lib/features/requests");
  for (const environment of made) {
    const { runId } = await submitSystemRequest("test", { kind: "destroy", environment, reason: "" });
    await until(
      async () => {
        runner.wake();
        const { rows } = await world.database.pool.query("SELECT status::text FROM run WHERE id = $1", [
          runId,
        ]);
        return rows[0]?.status as string;
      },
      (status) => ["succeeded", "failed"].includes(status),
      60_000,
      200,
    );
  }
  await runner?.stop(2_000);
  await world?.close();
});

async function submit(body: object) {
  const { submitRequest } = await import("@/lib/features/requests");
  const developer = await actorOf(world, "developer");
  // Healing may be at work; a person would wait for it.
  const submitted = await until(
    async () => {
      runner.wake();
      try {
        return await submitRequest(developer, { reason: "", ...body } as never);
      } catch (error) {
        if ((error as { code?: string }).code === "conflict") return null;
        throw error;
      }
    },
    (one) => one !== null,
    60_000,
    200,
  );
  if (!submitted) throw new Error("It was not submitted.");
  runner.wake();
  const status = await until(
    async () => {
      const { rows } = await world.database.pool.query<{ status: string }>(
        "SELECT status::text AS status FROM request WHERE id = $1",
        [submitted.id],
      );
      return rows[0]?.status ?? "";
    },
    (one) => ["succeeded", "failed"].includes(one),
    60_000,
  );
  return { ...submitted, status };
}

/** The canary as it may stand in a text. */
const forms = [
  canary,
  JSON.stringify(canary).slice(1, -1),
  JSON.stringify(JSON.stringify(canary)).slice(3, -3),
  encodeURIComponent(canary),
  Buffer.from(canary).toString("base64").replace(/=+$/, ""),
  Buffer.from(canary).toString("base64url"),
  Buffer.from(`x${canary}`).toString("base64").slice(4, -4),
  Buffer.from(`xx${canary}`).toString("base64").slice(4, -4),
  canary.replaceAll("'", "'\\''"),
];

async function backUp(environmentId: string): Promise<void> {
  const { requestBackup, takeBackup } = await import("@/lib/features/backups");
  const { id } = await requestBackup(await actorOf(world, "developer"), environmentId);
  await takeBackup(id);
  const { rows } = await world.database.pool.query("SELECT status, error FROM backup WHERE id = $1", [id]);
  expect(rows[0]).toMatchObject({ status: "failed", error: expect.stringContaining("•••") });
}

/** Everything a viewer can read of what there is. */
async function readEverything(environmentIds: readonly string[]): Promise<string> {
  const { routes } = await import("@/app/api/v1/routes");
  const { listOperations } = await import("@/lib/platform/http/openapi");
  const idsOf = async (table: string) =>
    (await world.database.pool.query<{ id: string }>(`SELECT id FROM ${table}`)).rows.map((row) => row.id);
  const ids: Record<string, readonly string[]> = {
    environments: environmentIds,
    requests: await idsOf("request"),
    runs: await idsOf("run"),
    backups: await idsOf("backup"),
    projects: [world.projectId],
  };
  let read = "";
  let answers = 0;
  for (const { method, path, handler } of listOperations(routes)) {
    if (method !== "GET" || path.includes("/events") || path.includes("{environmentId}")) continue;
    const noun = path.split("/")[3] ?? "";
    const single = path.includes("{");
    if (single && (!ids[noun] || path.replace("{id}", "").includes("{"))) continue;
    for (const id of single ? (ids[noun] ?? []) : [""]) {
      const query = path.endsWith("/logs") && noun === "environments" ? "?component=web&follow=false" : "";
      const response = await portal.callRaw(handler, {
        path: path.replace("{id}", id) + query,
        params: { id },
        token: viewer,
      });
      if (response.status === 200) answers += 1;
      read += `\n${path} ${await response.text()}`;
    }
  }
  expect(answers, "answers that were read").toBeGreaterThan(30);
  return read;
}

function expectNone(text: string, where: string): void {
  for (const form of forms) {
    const at = text.indexOf(form);
    expect(at < 0 ? "" : text.slice(Math.max(0, at - 120), at + 200), `${where}: ${form}`).toBe("");
  }
}

describe.each(["sim", "machine"])("a secret whose variable is called GREETING, on the cloud %s", (cloud) => {
  it("is found in no column, no answer and no line of the log, whatever fails with it", async () => {
    const { moduleLog } = await import("@/lib/platform/log");
    const { linesLoggedBy } = await import("../support/log-lines");
    const { inspectEnvironment } = await import("@/lib/features/monitoring/observe");
    const statuses: Record<string, string> = {};
    let environment = "";
    const isReal = cloud === "machine";
    logged.push(
      ...(await linesLoggedBy(async () => {
        const created = await submit({
          kind: "create",
          project: "team",
          template: `greeter-${cloud}`,
          name: `greeter-${cloud}`,
          cloud,
          parameters: { greeting: canary },
        });
        environment = created.environmentId;
        made.push(environment);
        statuses.create = created.status;
        if (isReal) {
          await submit({ kind: "action", environment, action: "tell" });
          statuses.action = (await submit({ kind: "action", environment, action: "fail" })).status;
          await backUp(environment);
        }
        for (const mode of ["prepare", "die", "accept"]) {
          statuses[mode] = (await submit({ kind: "update", environment, parameters: { mode } })).status;
          await inspectEnvironment(environment, true);
        }
        // What a driver or a library throws may say anything; the code that logs it need not know whose secrets are in it.
        moduleLog("somewhere").error({ err: new Error(`cannot greet ${canary}`) }, `said ${canary}`);
        moduleLog("somewhere").warn({ detail: { text: encodeURIComponent(canary) } }, "a detail");
      })),
    );
    const failed = isReal ? "failed" : "succeeded";
    expect(statuses).toMatchObject({ create: "succeeded", prepare: failed, die: failed, accept: failed });
    const hits = await findInDatabase(world.database.pool, forms);
    expect(hits).toEqual([]);
    expectNone(await readEverything(made), "API");
    expectNone(logged.join(""), "log");
    expect(logged.join("")).toContain("cannot greet •••");
    const { rows } = await world.database.pool.query<{ log: string; errors: string }>(
      `SELECT (SELECT string_agg(text, ' ') FROM step_log) AS log, (SELECT string_agg(error::text, ' ') FROM run) AS errors`,
    );
    if (isReal) expect(rows[0]?.log, "it was printed, and masked").toContain("plain •••");
    if (isReal) expect(rows[0]?.errors).toContain("•••");
  });
});

it("is found by the scan where it does stand", async () => {
  await world.database.pool.query("UPDATE project SET description = $1", [`x ${canary}`]);
  expect(await findInDatabase(world.database.pool, forms)).toEqual([
    expect.objectContaining({ table: "project", column: "description", form: canary }),
  ]);
});
