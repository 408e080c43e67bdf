/**
 * The parts of Rostrum that its launcher (plain JavaScript, started before there are dependencies) needs. Bundled to
 * dist/launch.mjs.
 */
import { messageOf } from "@/lib/kernel/errors";
import { type Config, loadConfig } from "@/lib/platform/config";
import { type EmbeddedPostgres, isPortFree, startEmbeddedPostgres } from "@/lib/platform/db/embedded";
import { findEmbeddedUrl } from "@/lib/platform/db/embedded-location";
import { migrate } from "@/lib/platform/db/migrate";

export { findEmbeddedUrl, isPortFree, loadConfig, migrate, startEmbeddedPostgres };

export interface OpenDatabase {
  url: string;
  /** The server Rostrum runs itself; absent with `DATABASE_URL`. */
  server?: EmbeddedPostgres;
}

/**
 * Makes the database of `config` answer and brings it to the newest migration.
 * @throws Error with one line that says what to do
 */
export async function openDatabase(
  config: Config,
  root: string,
  note: (line: string) => void,
): Promise<OpenDatabase> {
  const folder = `${root}/prisma/migrations`;
  if (config.databaseUrl) {
    await migrate({ url: config.databaseUrl, folder }).catch((error) => {
      throw new Error(unreachable("DATABASE_URL", config.databaseUrl ?? "", error, "a PostgreSQL server"));
    });
    return { url: config.databaseUrl };
  }
  const server = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    runtimeDir: config.runtimeDir,
    root,
    note,
  });
  try {
    await migrate({ url: server.url, folder });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: server.url, server };
}

/** @throws Error with one line that says what to do, when `REDIS_URL` does not answer */
export async function checkRedis(url: string): Promise<void> {
  const { Redis } = await import("ioredis");
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: 5_000, retryStrategy: () => null });
  let reason: unknown;
  redis.on("error", (error) => {
    reason = error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    throw new Error(unreachable("REDIS_URL", url, reason ?? error, "a Redis server"));
  } finally {
    redis.disconnect();
  }
}

function unreachable(name: string, url: string, error: unknown, what: string): string {
  const { hostname, port } = new URL(url);
  const nested = error instanceof AggregateError ? error.errors[0] : error;
  const where = `${hostname}${port && `:${port}`}`;
  return `${name}: ${where} cannot be used (${messageOf(nested)}). Check the address and that ${what} runs there, or unset ${name} to do without.`;
}
