/**
 * The parts of Rostrum that its launcher (plain JavaScript, started before there are dependencies) needs. Bundled to
 * dist/launch.mjs.
 */
import pg from "pg";
import { messageOf } from "@/lib/kernel/errors";
import { type Config, checkKeyFile, loadConfig, startWarnings } from "@/lib/platform/config";
import { findAuditPowers } from "@/lib/platform/db/audit-powers";
import { type Claim, claimDatabase } from "@/lib/platform/db/binding";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/platform/db/embedded";
import { findRunningServer } from "@/lib/platform/db/embedded-location";
import { checkServer, explainDatabaseError } from "@/lib/platform/db/explain";
import { listPendingMigrations, migrate } from "@/lib/platform/db/migrate";
import { applyRoles, ensureAppRole, type RoleUrls, takeOwnership } from "@/lib/platform/db/roles";
import { whyNotListen } from "@/lib/platform/exec/listen";
import { unfinishedRestore } from "@/lib/platform/installation";
import { nameRepaired, repairPrivateFiles } from "@/lib/platform/storage";

export { checkKeyFile, loadConfig, nameRepaired, repairPrivateFiles, startWarnings, unfinishedRestore };

/** What to do where one database role does everything. */
export const protectAdvice =
  "This role could rewrite audit events. Seals would reveal it. Set DATABASE_OWNER_URL to prevent it (docs/guides/operating.md).";

/** One line that says why the portal cannot listen there and what to do; undefined when it can. */
export async function findPortProblem(port: number, host: string): Promise<string | undefined> {
  const code = await whyNotListen(port, host);
  if (code === undefined) return undefined;
  if (code === "EADDRINUSE") {
    const other = port < 65_535 ? port + 1 : 3000;
    return `Port ${port} on ${host} is already in use. Use another port: PORT=${other} npm start`;
  }
  if (code === "EACCES")
    return `Port ${port} requires elevated privileges. Use a port above 1023, such as PORT=3000 npm start`;
  return `HOST=${host} isn't an address of this machine (${code}). Use 127.0.0.1, or 0.0.0.0 for all.`;
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

/** Starts a server that ended unexpectedly, on the files that it had. @throws ServerSetupError when they are gone */
export async function restartServer(
  config: Config,
  root: string,
  { location }: EmbeddedPostgres,
): Promise<EmbeddedPostgres> {
  const { dataDir, runtimeDir } = config;
  return await startEmbeddedPostgres({ dataDir, runtimeDir, root, existing: location });
}

/** Whether the embedded server that `startEmbeddedPostgres` answered is still the one that runs. */
export function isServerRunning(server: EmbeddedPostgres): boolean {
  return findRunningServer(server.location)?.pid === server.pid;
}

/**
 * Brings a database given from outside to the newest migration and answers the names that were applied. With an owner's
 * address that role owns everything and the other one gets what the application needs.
 * @throws Error with one line that says what to do
 */
export async function migrateGiven(url: string, root: string, ownerUrl?: string): Promise<string[]> {
  const folder = `${root}/prisma/migrations`;
  try {
    if (ownerUrl) return await migrateAsOwner({ ownerUrl, appUrl: url }, folder);
    const { refusal } = await checkServer(url);
    if (refusal && (await listPendingMigrations({ url, folder })).length > 0) throw refusal;
    return await migrate({ url, folder });
  } catch (error) {
    throw explainDatabaseError(error, url);
  }
}

async function migrateAsOwner(urls: RoleUrls, folder: string): Promise<string[]> {
  const { ownerUrl } = urls;
  const asOwner = async <T>(work: () => Promise<T>) => {
    try {
      return await work();
    } catch (error) {
      throw explainDatabaseError(error, ownerUrl, "DATABASE_OWNER_URL");
    }
  };
  await asOwner(() => checkServer(ownerUrl));
  await ensureAppRole(urls);
  return await asOwner(async () => {
    await takeOwnership(urls);
    const { refusal } = await checkServer(ownerUrl);
    if (refusal) throw refusal;
    const applied = await migrate({ url: ownerUrl, folder });
    await applyRoles(urls);
    return applied;
  });
}

/** What the role of an address could do to the audit beyond reading and adding; one sentence each. */
export async function auditPowersOf(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return await findAuditPowers(client);
  } finally {
    await client.end().catch(() => {});
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
  /** What portal and workers use. */
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
    await migrateGiven(config.databaseUrl, root, config.databaseOwnerUrl);
    for (const power of await auditPowersOf(config.databaseUrl)) note(`${power} ${protectAdvice}`);
    return { url: config.databaseUrl };
  }
  const server = await startServer(config, root, note);
  try {
    await migrate({ url: server.url, folder: `${root}/prisma/migrations` });
    await applyRoles({ ownerUrl: server.url, appUrl: server.appUrl });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: server.appUrl, server };
}

/**
 * The hold of this start on a database given from outside; undefined for the embedded one, which lies in its data
 * directory. Before the migrations, so that no one migrates under an installation that runs.
 * @throws Error with one line that says what to do
 */
export async function claimGiven(config: Config, takeOver: boolean): Promise<Claim | undefined> {
  const { databaseUrl, databaseOwnerUrl, dataDir } = config;
  if (databaseUrl === undefined) return undefined;
  const url = databaseOwnerUrl ?? databaseUrl;
  try {
    return await claimDatabase({ url, dataDir, takeOver });
  } catch (error) {
    throw explainDatabaseError(error, url, databaseOwnerUrl ? "DATABASE_OWNER_URL" : "DATABASE_URL");
  }
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
    return new Error(`REDIS_URL: ${server} rejected the credentials (${reason}). Check user and password.`);
  }
  return new Error(
    `REDIS_URL: can't reach ${server} (${reason}). Check the address and that Redis is running, or unset REDIS_URL to use PostgreSQL as the queue.`,
  );
}
