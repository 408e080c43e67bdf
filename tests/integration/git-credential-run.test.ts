import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { newId } from "@/lib/kernel/ids";
import { type GitServer, startGitServer } from "../support/git-server";
import { actorOf, createWorld, until, type World } from "../support/world";

const account = { username: "robot", password: "token-zq7x4711" };
const program =
  'require("http").createServer((_, answer) => answer.end("private")).listen(process.env.PORT, process.env.HOST);';

let world: World;
let runner: RunRunner;
let server: GitServer;

beforeAll(async () => {
  server = await startGitServer({ program, account });
  world = await createWorld();
  await world.publish(
    "private",
    {
      web: {
        process: {
          program: "node",
          args: ["server.cjs"],
          ports: [8080],
          archive: { git: "${{ parameters.repository }}", ref: "main" },
        },
      },
    },
    {
      parameters: { properties: { repository: { type: "string", title: "Repository", "ui:widget": "git" } } },
    },
  );
  await world.database.pool.query(
    `INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, 'machine', 'This machine', 'machine', $2, now())`,
    [newId("cloud"), JSON.stringify({ portRange: [21_770, 21_779], allowFileGit: true })],
  );
  runner = await world.runner();
});
afterAll(async () => {
  await runner?.stop(2_000);
  await world?.close();
  server?.close();
});

const address = (userinfo = "") => `http://${userinfo}127.0.0.1:${server.port}/team/service.git`;

async function request(name: string, repository: string): Promise<{ environmentId: string; runId?: string }> {
  const { submitRequest } = await import("@/lib/features/requests");
  return await submitRequest(await actorOf(world, "developer"), {
    kind: "create",
    project: "team",
    template: "private",
    name,
    cloud: "machine",
    parameters: { repository },
    reason: "",
  });
}

async function end(runId: string): Promise<{ status: string; message: string }> {
  runner.wake();
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

it("fetches a private repository with the project's credential, and says what is missing without", async () => {
  const { createGitCredential, listGitCredentials } = await import("@/lib/features/credentials");
  const { cliActor } = await import("@/lib/platform/auth");
  const without = await request("without", address());
  expect(await end(without.runId ?? "")).toMatchObject({
    status: "failed",
    message: expect.stringMatching(/Git: .*Username/),
  });

  const input = { name: "Robot", address: `http://127.0.0.1:${server.port}/team`, ...account };
  await createGitCredential(cliActor(), "team", input);
  const withOne = await request("with-one", address());
  expect(await end(withOne.runId ?? "")).toMatchObject({ status: "succeeded" });
  expect(await listGitCredentials(cliActor(), "team")).toMatchObject([{ lastUsedAt: expect.any(String) }]);

  const { submitSystemRequest } = await import("@/lib/features/requests");
  for (const { environmentId } of [without, withOne]) {
    const destroying = await submitSystemRequest("test", {
      kind: "destroy",
      environment: environmentId,
      reason: "",
    });
    expect(await end(destroying.runId ?? "")).toMatchObject({ status: "succeeded" });
  }
}, 90_000);

it("refuses a request whose address carries the password, and keeps nothing of it", async () => {
  const asked = server.asked.length;
  await expect(request("carried", address("robot:token-zq7x4711@"))).rejects.toMatchObject({
    code: "validation_failed",
    problems: [{ path: "parameters.repository", message: expect.stringContaining("project's settings") }],
  });
  expect(server.asked.length).toBe(asked);
  const { rows } = await world.database.pool.query(
    `SELECT table_name AS t, column_name AS c FROM information_schema.columns
      WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb')`,
  );
  for (const { t, c } of rows) {
    const sql = `SELECT 1 FROM "${t}" WHERE "${c}"::text LIKE '%zq7x4711%' LIMIT 1`;
    expect((await world.database.pool.query(sql)).rows, `${t}.${c}`).toEqual([]);
  }
});
