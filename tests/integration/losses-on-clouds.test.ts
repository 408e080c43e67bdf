import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { hasDocker, startTestEngine, type TestEngine } from "../support/docker";
import { canBuildImages, ensureTestImage } from "../support/docker-images";
import { actorOf, createWorld, until, type World } from "../support/world";

const withDocker = (await hasDocker()) && canBuildImages();
const serve = `require("http").createServer((_, answer) => answer.end("here")).listen(process.env.PORT, "127.0.0.1")`;

const save = (file: string) => ["node", "-e", `process.stdout.write(require("fs").readFileSync("${file}"))`];
const load = (file: string) => [
  "node",
  "-e",
  `process.stdin.pipe(require("fs").createWriteStream("${file}"))`,
];

let world: World;
let runner: RunRunner;
let engine: TestEngine | undefined;

/** The same component as a process and as a container, each with its own way to be dumped where `dumps`. */
function component(image: string, volume: string, dumps: boolean) {
  const backup = (file: string) => (dumps ? { backup: { dump: save(file), restore: load(file) } } : {});
  const container = {
    image,
    command: ["node", "-e", `require("http").createServer((_, a) => a.end("here")).listen(8080)`],
    ports: ["8080"],
    volumes: [`${volume}:/data`, "more:/more"],
    ...backup("/data/note"),
  };
  return {
    process: {
      program: "node",
      args: ["-e", serve],
      ports: [8080],
      volumes: [`${volume}:/data`, "more:/more"],
      ...backup("data/note"),
    },
    ...(withDocker ? { container } : {}),
  };
}

beforeAll(async () => {
  world = await createWorld();
  let image = "node";
  await addCloud("machine-a", "machine", { portRange: [21_800, 21_819] });
  await addCloud("machine-b", "machine", { portRange: [21_820, 21_839] });
  if (withDocker) {
    engine = await startTestEngine();
    image = await ensureTestImage(engine.docker, "node");
    const balancer = { balancerImage: image, balancerKind: "node" };
    await addCloud("docker", "docker", { ...engine.config, portRange: "21840-21859", ...balancer });
  }
  await world.publish("plain", { db: component(image, "data", false) });
  await world.publish("plain", { db: component(image, "store", false) }, { version: "2.0.0" });
  await world.publish("dumped", { db: component(image, "data", true) });
  runner = await world.runner("test", { attemptMs: 120_000, leaseMs: 15_000, heartbeatMs: 3_000 });
}, 240_000);

afterAll(async () => {
  // What a test left running would hold its ports for ever.
  const { rows } = await world.database.pool.query("SELECT id FROM environment WHERE destroyed_at IS NULL");
  for (const { id } of rows) await request({ kind: "destroy", environment: id });
  await runner?.stop(5_000);
  await world?.close();
  await engine?.stop();
}, 240_000);

async function addCloud(name: string, driver: string, config: object): Promise<void> {
  const { checkCloud } = await import("@/lib/features/clouds");
  await world.database.pool.query(
    "INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, $2, $2, $3, $4, now())",
    [`cld_${name}`, name, driver, JSON.stringify(config)],
  );
  expect(await checkCloud(`cld_${name}`)).toMatchObject({ ok: true });
}

async function request(body: Record<string, unknown>) {
  const { submitRequest } = await import("@/lib/features/requests");
  const submitted = await submitRequest(await actorOf(world, "developer"), {
    reason: "test",
    ...body,
  } as Parameters<typeof submitRequest>[1]);
  runner.wake();
  const end = await until(
    async () =>
      (
        await world.database.pool.query("SELECT status::text AS status, message FROM request WHERE id = $1", [
          submitted.id,
        ])
      ).rows[0] as { status: string; message: string },
    ({ status }) => ["succeeded", "failed", "cancelled"].includes(status),
    120_000,
  );
  return { ...submitted, end };
}

async function create(template: string, cloud: string, name: string): Promise<string> {
  const made = await request({
    kind: "create",
    project: "team",
    template,
    version: "1.0.0",
    cloud,
    name,
    parameters: {},
  });
  expect(made.end).toEqual({ status: "succeeded", message: "" });
  return made.environmentId;
}

async function run(environmentId: string, cloud: string, command: string[]): Promise<string> {
  const { connectionFor } = await import("@/lib/features/clouds");
  const ref = { environmentId, environmentName: "x", component: "db" };
  const connection = await connectionFor(`cld_${cloud}`);
  const result = await connection.exec?.(ref, { command, timeoutMs: 20_000 });
  return result?.exitCode === 0 ? result.stdout : `exit code ${result?.exitCode}: ${result?.stderr}`;
}

const note = (cloud: string) => (cloud === "docker" ? "/data/note" : "data/note");
const write = (environment: string, cloud: string, text: string) =>
  run(environment, cloud, ["node", "-e", `require("fs").writeFileSync("${note(cloud)}", "${text}")`]);
const read = (environment: string, cloud: string) => run(environment, cloud, save(note(cloud)));

async function isPresent(environmentId: string, cloud: string): Promise<boolean> {
  const { connectionFor } = await import("@/lib/features/clouds");
  const ref = { environmentId, environmentName: "x", component: "db" };
  return (await (await connectionFor(`cld_${cloud}`)).observe(ref)).present;
}

describe.each(withDocker ? ["machine-a", "docker"] : ["machine-a"])("on %s", (cloud) => {
  it("a renamed volume is copied and verified first, and the copy can be restored", async () => {
    const environment = await create("plain", cloud, `renamed-${cloud}`);
    expect(await write(environment, cloud, "precious")).toBe("");
    const other = cloud === "docker" ? "/more/note" : "more/note";
    await run(environment, cloud, ["node", "-e", `require("fs").writeFileSync("${other}", "kept")`]);
    const change = await request({ kind: "update", environment, version: "2.0.0", parameters: {} });
    expect(change.plan.losses).toMatchObject([
      { component: "db", name: "data", reason: "volume_renamed", safetyCopy: true },
    ]);
    expect(change.end).toEqual({ status: "succeeded", message: "" });
    expect(await read(environment, cloud)).toContain("exit code");
    expect(await run(environment, cloud, save(other))).toBe("kept");
    const { rows } = await world.database.pool.query(
      "SELECT id, status::text AS status, verified_at IS NOT NULL AS verified FROM backup WHERE environment_id = $1",
      [environment],
    );
    expect(rows).toMatchObject([{ status: "succeeded", verified: true }]);
    const restored = await request({ kind: "restore", environment, backup: rows[0].id });
    expect(restored.end).toEqual({ status: "succeeded", message: "" });
    expect(await read(environment, cloud)).toBe("precious");
  }, 240_000);

  it("nothing of a living environment is called orphaned, and an orphan is removed with its data", async () => {
    const environment = await create("plain", cloud, `living-${cloud}`);
    const { discoverOrphans } = await import("@/lib/features/clouds");
    const { actOnOrphan } = await import("@/lib/features/orphans");
    const own = async () =>
      (await discoverOrphans(`cld_${cloud}`)).items.filter((one) => one.environmentId === environment);
    expect(await own()).toEqual([]);
    const actor = { ...(await actorOf(world, "approver")), orgRole: "admin" as const };
    await world.database.pool.query("DELETE FROM resource WHERE environment_id = $1", [environment]);
    const [lost] = await own();
    expect(lost).toMatchObject({ component: "db", can: { adopt: true } });
    const key = { type: lost?.type ?? "", externalId: lost?.externalId ?? "" };
    await actOnOrphan(actor, `cld_${cloud}`, { action: "adopt", ...key });
    expect(await own()).toEqual([]);
    expect(await write(environment, cloud, "still here")).toBe("");
    await world.database.pool.query("DELETE FROM resource WHERE environment_id = $1", [environment]);
    const confirm = lost?.name ?? "";
    await actOnOrphan(actor, `cld_${cloud}`, { action: "remove", ...key, confirm });
    expect(await isPresent(environment, cloud)).toBe(false);
    expect(await own()).toEqual([]);
  }, 120_000);

  it("what is destroyed leaves a backup that a new environment can begin with", async () => {
    const environment = await create("plain", cloud, `former-${cloud}`);
    expect(await write(environment, cloud, "precious")).toBe("");
    expect((await request({ kind: "destroy", environment })).end).toEqual({
      status: "succeeded",
      message: "",
    });
    const { rows } = await world.database.pool.query(
      "SELECT id FROM backup WHERE environment_id = $1 AND status = 'succeeded'",
      [environment],
    );
    const heir = await request({
      kind: "create",
      project: "team",
      template: "plain",
      cloud,
      name: `heir-${cloud}`,
      backup: rows[0].id,
      parameters: {},
    });
    expect(heir.end).toEqual({ status: "succeeded", message: "" });
    expect(await read(heir.environmentId, cloud)).toBe("precious");
  }, 240_000);
});

it("a move between machines takes the volumes along and leaves nothing behind", async () => {
  const environment = await create("plain", "machine-a", "mover");
  expect(await write(environment, "machine-a", "precious")).toBe("");
  const move = await request({ kind: "update", environment, cloud: "machine-b", parameters: {} });
  expect(move.end).toEqual({ status: "succeeded", message: "" });
  expect(await read(environment, "machine-b")).toBe("precious");
  expect(await isPresent(environment, "machine-a")).toBe(false);
  expect((await request({ kind: "destroy", environment })).end.status).toBe("succeeded");
  expect(await isPresent(environment, "machine-b")).toBe(false);
}, 240_000);

it.skipIf(!withDocker)(
  "a move to another kind of cloud needs a dump, or is refused",
  async () => {
    const stuck = await create("plain", "machine-a", "stuck");
    await expect(
      request({ kind: "update", environment: stuck, cloud: "docker", parameters: {} }),
    ).rejects.toThrow(/Moving db to docker isn’t supported: a process becomes a container/);
    const environment = await create("dumped", "machine-a", "dumped");
    expect(await write(environment, "machine-a", "precious")).toBe("");
    const move = await request({ kind: "update", environment, cloud: "docker", parameters: {} });
    expect(move.plan.changes).toMatchObject([{ action: "move", carries: "dump" }]);
    expect(move.end).toEqual({ status: "succeeded", message: "" });
    expect(await read(environment, "docker")).toBe("precious");
    expect(await isPresent(environment, "machine-a")).toBe(false);
  },
  240_000,
);
