import { rmSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HealthCheckSpec } from "@/lib/clouds/contract";
import { networkName } from "@/lib/clouds/docker/names";
import { newId } from "@/lib/kernel/ids";
import { hasDocker } from "../support/docker";
import {
  applied,
  context,
  type DockerTestCloud,
  desired,
  driverError,
  leftovers,
  openDockerTestCloud,
  webServer,
} from "../support/docker-cloud";
import { canBuildImages } from "../support/docker-images";

const runs = (await hasDocker()) && canBuildImages();

/**
 * An engine's socket behind a door that shuts after so many changes: each went through, the answer to the last is lost.
 * What only asks passes until then.
 * Each call has its own connection: one that is kept may be closed by the engine in the moment it is used again.
 */
class Door {
  changes = 0;
  private readonly server: Server;
  readonly socketPath = join(tmpdir(), `rostrum-door-${newId("cloud")}.sock`);

  constructor(engineSocket: string, limit: number) {
    this.server = createServer((asked, answer) => {
      if (this.changes >= limit) {
        answer.destroy();
        return;
      }
      const isChange = asked.method !== "GET" && asked.method !== "HEAD";
      if (isChange) this.changes += 1;
      const isLast = isChange && this.changes === limit;
      const { url: path, method, headers } = asked;
      const passed = request({ socketPath: engineSocket, path, method, headers, agent: false }, (given) => {
        if (isLast) {
          given.resume();
          given.once("end", () => answer.destroy());
          return;
        }
        answer.writeHead(given.statusCode ?? 502, given.headers);
        given.pipe(answer);
      });
      passed.once("error", () => answer.destroy());
      asked.pipe(passed);
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.socketPath, resolve));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.socketPath, { force: true });
  }
}

describe.skipIf(!runs)("what is left on a Docker engine", () => {
  let cloud: DockerTestCloud;
  const health = (extra: Partial<HealthCheckSpec>): HealthCheckSpec => ({
    probe: { type: "http", path: "/" },
    intervalMs: 1_000,
    timeoutMs: 2_000,
    failures: 2,
    graceMs: 4_000,
    ...extra,
  });

  beforeAll(async () => {
    cloud = await openDockerTestCloud();
  }, 120_000);
  afterAll(async () => cloud?.close(), 120_000);

  it("goes with its environment, after whichever call to the engine the creation was cut off", async (test) => {
    const { socketPath } = cloud.engine.config;
    if (typeof socketPath !== "string") return test.skip("the engine has no socket");
    const wanted = desired(webServer(cloud.images.busybox, "cut", { volumes: ["data:/data"] }), {
      replicas: 2,
    });
    const cutAfter = async (limit: number): Promise<number> => {
      const door = new Door(socketPath, limit);
      await door.open();
      const connection = await cloud.open({ socketPath: door.socketPath });
      const target = cloud.ref();
      try {
        const making = connection.apply(target, "create", wanted, context());
        if (limit === Number.POSITIVE_INFINITY) await making;
        else await driverError(making);
      } finally {
        await connection.close();
        await door.close();
      }
      await cloud.connection.removeEnvironment(target.environmentId, context());
      expect(await leftovers(cloud.engine.docker, target.environmentId), `after ${limit}`).toEqual([]);
      return door.changes;
    };
    const all = await cutAfter(Number.POSITIVE_INFINITY);
    expect(all).toBeGreaterThan(6);
    for (let limit = 1; limit < all; limit += 1) await cutAfter(limit);
  }, 300_000);

  it("goes also where it is paused and someone attached a container of theirs, which stays", async () => {
    const target = cloud.ref();
    const { docker } = cloud.engine;
    const made = await applied(cloud.connection, target, desired(webServer(cloud.images.busybox, "paused")));
    await docker.getContainer(made.externalId).pause();
    const stranger = await docker.createContainer({ Image: cloud.images.busybox, Cmd: ["sleep", "60"] });
    await stranger.start();
    try {
      await docker.getNetwork(networkName(target.environmentId)).connect({ Container: stranger.id });
      const ctx = context();
      await cloud.connection.remove(target, ctx);
      await cloud.connection.removeEnvironment(target.environmentId, ctx);
      expect(await leftovers(docker, target.environmentId)).toEqual([]);
      expect((await stranger.inspect()).State.Running).toBe(true);
      expect(ctx.lines.some((line) => line.startsWith("Detaching "))).toBe(true);
    } finally {
      await stranger.remove({ force: true });
    }
  }, 60_000);

  it("is named where a stranger's container uses a volume of it, and the removal is not called done", async () => {
    const target = cloud.ref();
    const { docker } = cloud.engine;
    const spec = webServer(cloud.images.busybox, "used", { volumes: ["data:/data"] });
    await applied(cloud.connection, target, desired(spec));
    const { Volumes } = await docker.listVolumes({
      filters: JSON.stringify({
        label: [`rostrum.environment=${target.environmentId}`, "rostrum.role=volume"],
      }),
    });
    const name = Volumes?.[0]?.Name ?? "";
    const stranger = await docker.createContainer({
      Image: cloud.images.busybox,
      Cmd: ["sleep", "60"],
      HostConfig: { Binds: [`${name}:/theirs`] },
    });
    const error = await driverError(cloud.connection.remove(target, context()));
    expect(error).toMatchObject({ kind: "retryable" });
    expect(error.message).toContain(`Not deleted yet: volume ${name}`);
    await stranger.remove({ force: true });
    await cloud.connection.remove(target, context());
    await cloud.connection.removeEnvironment(target.environmentId, context());
    expect(await leftovers(docker, target.environmentId)).toEqual([]);
  }, 90_000);

  it("is checked at a port that is declared nowhere, from inside its network", async () => {
    const target = cloud.ref();
    const script =
      "mkdir -p /tmp/www; echo yes > /tmp/www/index.html; httpd -p 9090 -h /tmp/www; exec httpd -f -p 8080 -h /tmp/www";
    const spec = webServer(cloud.images.busybox, "", { command: ["sh", "-c", script] });
    for (const probe of [{ type: "http" as const, path: "/" }, { type: "tcp" as const }]) {
      const wanted = desired(spec, { health: health({ probe, port: 9090 }) });
      await applied(cloud.connection, target, wanted);
      expect(await cloud.connection.probe(target, wanted)).toBeNull();
      const silent = { ...wanted, health: health({ probe, port: 9091 }) };
      expect(await cloud.connection.probe(target, silent)).toContain("ECONNREFUSED");
    }
  }, 90_000);

  it("is checked from a helper in its network where this host does not reach that", async () => {
    const target = cloud.ref();
    const script = "mkdir -p /tmp/www; echo yes > /tmp/www/index.html; exec httpd -f -p 9090 -h /tmp/www";
    const wanted = desired(
      { image: cloud.images.busybox, command: ["sh", "-c", script], stop_signal: "SIGKILL" },
      { health: health({ port: 9090 }) },
    );
    await applied(cloud.connection, target, wanted);
    const { probeFromNetwork } = await import("@/lib/clouds/docker/network-probe");
    const { openEngine } = await import("@/lib/clouds/docker/engine");
    const { parseConfig } = await import("@/lib/clouds/docker/config");
    const [found] = await cloud.engine.docker.listContainers({
      filters: JSON.stringify({ label: [`rostrum.environment=${target.environmentId}`] }),
    });
    const host = Object.values(found?.NetworkSettings.Networks ?? {})[0]?.IPAddress ?? "";
    for (const [balancerKind, balancerImage] of [
      ["node", cloud.images.node],
      ["haproxy", cloud.images.busybox],
    ] as const) {
      const config = parseConfig({ ...cloud.engine.config, balancerKind, balancerImage });
      const dirs = { dataDir: tmpdir(), runtimeDir: tmpdir() };
      const host_ = { cloudId: newId("cloud"), ...dirs, credentials: {}, log: () => undefined };
      const own = { config, host: host_, engine: await openEngine(config, {}) };
      const seen = async (extra: Partial<HealthCheckSpec> & { port: number }) =>
        await probeFromNetwork(own, target, { host, check: { ...health(extra), port: extra.port } });
      expect(await seen({ port: 9090 }), balancerKind).toBeNull();
      expect(await seen({ port: 9090, probe: { type: "tcp" } }), balancerKind).toBeNull();
      expect(await seen({ port: 9090, probe: { type: "http", path: "/none" } })).toBe("HTTP 404");
      expect(await seen({ port: 9091, probe: { type: "tcp" } }), balancerKind).not.toBeNull();
      own.engine.close();
    }
  }, 90_000);

  it("is ready only when every replica behind the balancer passes", async () => {
    const target = cloud.ref();
    const script =
      "mkdir -p /tmp/www; mkdir /data/first 2>/dev/null && echo yes > /tmp/www/index.html; exec httpd -f -p 8080 -h /tmp/www";
    const spec = webServer(cloud.images.busybox, "", {
      command: ["sh", "-c", script],
      volumes: ["data:/data"],
    });
    const wanted = desired(spec, { replicas: 2, health: health({}) });
    const error = await driverError(cloud.connection.apply(target, "create", wanted, context()));
    expect(error.message).toContain("HTTP 404");
    expect(await cloud.connection.probe(target, wanted)).toContain("404");
  }, 90_000);
});
