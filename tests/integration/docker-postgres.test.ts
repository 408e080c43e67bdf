import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasDocker } from "../support/docker";
import { applied, type DockerTestCloud, desired, openDockerTestCloud } from "../support/docker-cloud";
import { canBuildImages, ensureTestImage } from "../support/docker-images";

const runs = (await hasDocker()) && canBuildImages();

describe.skipIf(!runs)("the docker cloud: a real PostgreSQL", () => {
  let cloud: DockerTestCloud;
  beforeAll(async () => {
    cloud = await openDockerTestCloud();
  });
  afterAll(async () => cloud?.close());

  it("keeps its rows over a new container, and gets deleted ones back from a copy", async () => {
    const image = await ensureTestImage(cloud.engine.docker, "postgres");
    const ref = cloud.ref("db");
    const spec = {
      image,
      environment: { POSTGRES_USER: "app", POSTGRES_PASSWORD: "not-a-secret", POSTGRES_DB: "shop" },
      volumes: ["data:/var/lib/postgresql/data"],
      expose: [5432],
      stop_signal: "SIGINT",
    };
    const health = {
      probe: { type: "tcp" as const },
      intervalMs: 1_000,
      timeoutMs: 2_000,
      failures: 3,
      graceMs: 60_000,
    };
    const of = (memoryMi: number, more: Record<string, string> = {}) =>
      desired(
        { ...spec, environment: { ...spec.environment, ...more } },
        { health, size: { cpu: 1, memoryBytes: memoryMi * 2 ** 20, storageBytes: 0 } },
      );
    const seen = await applied(cloud.connection, ref, of(256));
    const query = async (sql: string) => {
      const client = new pg.Client({
        host: seen.external.host,
        port: seen.external.ports["5432"],
        user: "app",
        password: "not-a-secret",
        database: "shop",
        connectionTimeoutMillis: 10_000,
      });
      await client.connect();
      try {
        return (await client.query(sql)).rows;
      } finally {
        await client.end();
      }
    };
    await query("CREATE TABLE note (text text)");
    await query("INSERT INTO note VALUES ('first')");
    await applied(cloud.connection, ref, of(256, { TZ: "UTC" }), { action: "update" });
    expect(await query("SELECT text FROM note")).toEqual([{ text: "first" }]);

    const signal = AbortSignal.timeout(90_000);
    const tar = await cloud.connection.copyOut?.(ref, "data", signal);
    if (!tar) throw new Error("no copy");
    const parts: Buffer[] = [];
    for await (const part of tar) parts.push(part as Buffer);
    await query("DELETE FROM note");
    const { Readable } = await import("node:stream");
    await cloud.connection.copyIn?.(ref, "data", Readable.from(parts), signal);
    await expect
      .poll(() => query("SELECT text FROM note").catch(() => null), { timeout: 30_000 })
      .toEqual([{ text: "first" }]);
  });
});
