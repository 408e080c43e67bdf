import net, { type AddressInfo, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { newId } from "@/lib/kernel/ids";
import { hasDocker, startTestEngine, type TestEngine } from "../support/docker";
import { canBuildImages, ensureTestImage } from "../support/docker-images";
import { actorOf, createWorld, until, type World } from "../support/world";

const runs = (await hasDocker()) && canBuildImages();

/** The way to a real engine, which can be cut. */
class Way {
  private readonly sockets = new Set<Socket>();
  private server: Server | null = null;
  port = 0;

  constructor(private readonly socketPath: string) {}

  async open(): Promise<void> {
    this.server = net.createServer((near) => {
      const far = net.connect(this.socketPath);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.sockets.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => this.sockets.delete(one));
      }
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((done) => this.server?.listen(this.port, "127.0.0.1", done));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async cut(): Promise<void> {
    const closed = new Promise((done) => this.server?.close(done));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

describe.skipIf(!runs)("a Docker engine that goes away while a run works on it", () => {
  let engine: TestEngine;
  let world: World;
  let runner: RunRunner;
  let way: Way;

  beforeAll(async () => {
    engine = await startTestEngine();
    const image = await ensureTestImage(engine.docker, "busybox");
    way = new Way(String(engine.config.socketPath));
    await way.open();
    world = await createWorld();
    await world.database.pool.query("UPDATE cloud SET enabled = false WHERE id = $1", [world.cloudId]);
    await world.database.pool.query(
      "INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, 'docker', 'Engine room', 'docker', $2, now())",
      [newId("cloud"), JSON.stringify({ host: "127.0.0.1", port: way.port, portRange: "24450-24459" })],
    );
    const sleeper = { image, command: ["sh", "-c", "sleep 600"] };
    await world.publish("sleeper", { web: { container: sleeper, size: { cpu: 0.1, memory: "32Mi" } } });
    runner = await world.runner("test", {
      attemptMs: 60_000,
      leaseMs: 15_000,
      heartbeatMs: 3_000,
      cloudRetryMs: 700,
    });
  }, 240_000);
  afterAll(async () => {
    await runner?.stop(5_000);
    await world?.close();
    await way?.cut().catch(() => {});
    await engine?.stop();
  });

  async function submit(body: Record<string, unknown>) {
    const { submitRequest } = await import("@/lib/features/requests");
    const submitted = await submitRequest(await actorOf(world, "developer"), {
      reason: "",
      ...body,
    } as Parameters<typeof submitRequest>[1]);
    runner.wake();
    return submitted;
  }

  const look = async (runId: string | undefined) =>
    (
      await world.database.pool.query<{ status: string; message: string | null }>(
        "SELECT status::text, error->>'message' AS message FROM run WHERE id = $1",
        [runId],
      )
    ).rows[0];

  it("parks what is created and what is destroyed, says so, and continues when it is back", async () => {
    await way.cut();
    const created = await submit({
      kind: "create",
      project: "team",
      template: "sleeper",
      name: "sleeper",
      cloud: "docker",
      parameters: {},
    });
    const parked = await until(
      () => look(created.runId),
      (one) => one?.status === "parked" || one?.status === "failed",
      30_000,
    );
    expect(parked).toMatchObject({
      status: "parked",
      message: expect.stringMatching(/Waiting since .*: Cloud Engine room is unreachable\. .*is unreachable/),
    });
    // Longer than all attempts of a step would take.
    await new Promise((done) => setTimeout(done, 8_000));
    await way.open();
    await until(
      () => look(created.runId),
      (one) => one?.status === "succeeded",
      60_000,
    );

    await way.cut();
    const destroyed = await submit({ kind: "destroy", environment: created.environmentId });
    await until(
      () => look(destroyed.runId),
      (one) => one?.status === "parked",
      30_000,
    );
    await way.open();
    await until(
      () => look(destroyed.runId),
      (one) => one?.status === "succeeded",
      60_000,
    );
    const left = await engine.docker.listContainers({
      all: true,
      filters: { label: [`rostrum.environment=${created.environmentId}`] },
    });
    expect(left).toEqual([]);
  }, 240_000);
});
