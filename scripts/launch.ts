/**
 * The parts of Rostrum that its launcher (plain JavaScript, started before there are dependencies) needs. Bundled to
 * dist/launch.mjs.
 */
import pg from "pg";
import { messageOf } from "@/lib/kernel/errors";
import { type Config, loadConfig } from "@/lib/platform/config";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/platform/db/embedded";
import { findRunningServer } from "@/lib/platform/db/embedded-location";
import { checkServer, explainDatabaseError } from "@/lib/platform/db/explain";
import { migrate } from "@/lib/platform/db/migrate";
import { whyNotListen } from "@/lib/platform/exec/listen";
import { nameRepaired, repairPrivateFiles } from "@/lib/platform/storage";

export { loadConfig, nameRepaired, repairPrivateFiles };

/** One line that says why the portal cannot listen there and what to do; undefined when it can. */
export async function findPortProblem(port: number, host: string): Promise<string | undefined> {
  const code = await whyNotListen(port, host);
  if (code === undefined) return undefined;
  if (code === "EADDRINUSE") {
    const other = port < 65_535 ? port + 1 : 3000;
    return `Port ${port} on ${host} is in use by another program. Choose another: PORT=${other} npm start`;
  }
  if (code === "EACCES")
    return `Port ${port} needs more rights than this user has. Choose one above 1023: PORT=3000 npm start`;
  return `HOST=${host} is not an address of this machine (${code}). Use 127.0.0.1, or 0.0.0.0 for all of its addresses.`;
}

/** Starts, or adopts, the embedded server of `config`. */
export async function startServer(
  config: Config,
  root: string,
  note: (line: string) => void = () => {},
): Promise<EmbeddedPostgres> {
  const { dataDir, runtimeDir } = config;
  return await startEmbeddedPostgres({ dataDir, runtimeDir, root, note });
}

/** Whether the embedded server that `startEmbeddedPostgres` answered is still the one that runs. */
export function isServerRunning(server: EmbeddedPostgres): boolean {
  return findRunningServer(server.location)?.pid === server.pid;
}

/**
 * Brings a database of somebody else's to the newest migration and answers the names that were applied.
 * @throws Error with one line that says what to do
 */
export async function migrateGiven(url: string, root: string): Promise<string[]> {
  try {
    await checkServer(url);
    return await migrate({ url, folder: `${root}/prisma/migrations` });
  } catch (error) {
    throw explainDatabaseError(error, url);
  }
}

/** Whether a worker process of this host told the database within the last 40 s that it lives. */
export async function isWorkerAlive(url: string, host: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    const found = await client.query(
      "SELECT 1 FROM worker_instance WHERE host = $1 AND heartbeat_at > now() - interval '40 seconds'",
      [host],
    );
    return found.rowCount !== 0;
  } finally {
    await client.end().catch(() => {});
  }
}

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
  if (config.databaseUrl) {
    await migrateGiven(config.databaseUrl, root);
    return { url: config.databaseUrl };
  }
  const server = await startServer(config, root, note);
  try {
    await migrate({ url: server.url, folder: `${root}/prisma/migrations` });
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
    throw explainRedisError(reason ?? error, url);
  } finally {
    redis.disconnect();
  }
}

function explainRedisError(error: unknown, url: string): Error {
  const { hostname, port } = new URL(url);
  const server = `${hostname}:${port || 6379}`;
  const reason = messageOf(error instanceof AggregateError ? error.errors[0] : error);
  if (/NOAUTH|WRONGPASS|AUTH|NOPERM/.test(reason)) {
    return new Error(`REDIS_URL: ${server} refuses the password (${reason}). Check user and password.`);
  }
  return new Error(
    `REDIS_URL: ${server} cannot be reached (${reason}). Check the address and that a Redis server runs there, or unset REDIS_URL to keep the queue in PostgreSQL.`,
  );
}
