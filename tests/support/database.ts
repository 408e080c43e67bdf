import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/platform/db/embedded";
import { embeddedAppRole, embeddedLocation, findRunningServer } from "@/lib/platform/db/embedded-location";
import { migrate, migrationsDigest } from "@/lib/platform/db/migrate";
import { applyRoles } from "@/lib/platform/db/roles";

/** One server for all test processes of a user; it stays between runs until `stopTestServer`. */
const serverDir = join(tmpdir(), `rostrum-test-${process.getuid?.() ?? 0}`);
const settings = { max_connections: "300", shared_buffers: "128MB" };

let server: Promise<EmbeddedPostgres> | undefined;

async function testServer(): Promise<EmbeddedPostgres> {
  server ??= withLock("start", () => startEmbeddedPostgres({ dataDir: serverDir, settings, careless: true }));
  return await server;
}

export interface TestDatabase {
  /** Of the superuser that owns everything, as `pool` uses it. */
  url: string;
  /** Of the role that the product runs as. */
  appUrl: string;
  pool: pg.Pool;
  drop(): Promise<void>;
}

/** A fresh database with all migrations, copied from a template in about 50 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { url, appUrl } = await testServer();
  const template = `template_${migrationsDigest()}_${rolesDigest()}`;
  await withLock("template", async () => {
    await withAdmin(url, async (admin) => {
      const found = await admin.query("SELECT 1 FROM pg_database WHERE datname = $1", [template]);
      if (found.rowCount) return;
      const draft = `draft_${randomBytes(6).toString("hex")}`;
      await admin.query(`CREATE DATABASE ${draft}`);
      await migrate({ url: withDatabase(url, draft) });
      await applyRoles({ ownerUrl: withDatabase(url, draft), appUrl: withDatabase(appUrl, draft) });
      await admin.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
    });
  });
  return await createDatabase(`TEMPLATE ${template} STRATEGY FILE_COPY`);
}

/** A fresh database without anything in it. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return await createDatabase("");
}

/** Privileges belong to the template too. */
function rolesDigest(): string {
  const digest = createHash("sha256");
  for (const file of ["roles.ts", "roles.sql.ts"])
    digest.update(readFileSync(join(process.cwd(), "lib/platform/db", file)));
  return digest.digest("hex").slice(0, 8);
}

async function createDatabase(options: string): Promise<TestDatabase> {
  const { url: serverUrl, appUrl } = await testServer();
  const name = `test_${randomBytes(6).toString("hex")}`;
  await withAdmin(serverUrl, async (admin) => {
    await admin.query(`CREATE DATABASE ${name} ${options}`);
    // A copy has the privileges within the template, not those on it.
    await admin.query(`GRANT CREATE ON DATABASE ${name} TO ${embeddedAppRole}`);
  });
  const url = withDatabase(serverUrl, name);
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  pool.on("error", () => {
    // `drop` below cuts the connections that tests forgot.
  });
  const drop = async () => {
    await pool.end();
    await withAdmin(serverUrl, (admin) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  };
  return { url, appUrl: withDatabase(appUrl, name), pool, drop };
}

/**
 * Stops the server that all test processes share and removes its data, unless another test run is connected to it:
 * then that run stops it when it ends.
 */
export async function stopTestServer(): Promise<void> {
  server = undefined;
  if (!existsSync(serverDir)) return;
  if (findRunningServer(embeddedLocation(serverDir))) {
    const running = await startEmbeddedPostgres({ dataDir: serverDir });
    const others = await withAdmin(running.url, (admin) =>
      admin.query(
        "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
      ),
    );
    if (others.rowCount) return;
    await running.stop("immediate");
  }
  rmSync(serverDir, { recursive: true, force: true });
}

export interface PrivatePostgres {
  url: string;
  /** Of the role that the product runs as. */
  appUrl: string;
  /** The home of its cluster. */
  home: string;
  /** Stops (`fast`: politely, `immediate`: as a crash) and starts again on the same port. */
  restart(mode?: "fast" | "immediate"): Promise<void>;
  /** SIGKILL to the server's main process; `start` recovers. */
  kill9(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A server of the caller's own with a migrated database, for tests that restart or kill it. Its writes are flushed
 * as in production unless `careless`.
 */
export async function startPrivatePostgres(options: { careless?: boolean } = {}): Promise<PrivatePostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), "rostrum-pg-"));
  const start = () => startEmbeddedPostgres({ dataDir, settings, careless: options.careless ?? false });
  let running = await start();
  await migrate({ url: running.url });
  await applyRoles({ ownerUrl: running.url, appUrl: running.appUrl });
  return {
    url: running.url,
    appUrl: running.appUrl,
    home: running.location.home,
    restart: async (mode = "fast") => {
      await running.stop(mode);
      running = await start();
    },
    kill9: async () => {
      process.kill(running.pid, "SIGKILL");
      while (findRunningServer(running.location)) await sleep(10);
    },
    start: async () => {
      running = await start();
    },
    stop: async () => {
      await running.stop("immediate");
      rmSync(running.location.home, { recursive: true, force: true });
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function withAdmin<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: withDatabase(url, "postgres") });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** Several test processes start at once: one at a time makes the server and the template. */
async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const lock = `${serverDir}.${name}.lock`;
  const untilMs = Date.now() + 120_000;
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (isOlderThan(lock, 60_000)) rmSync(lock, { recursive: true, force: true });
    if (Date.now() > untilMs) throw new Error(`Waited 120 s for ${lock}; remove it if no test runs.`);
    await sleep(50);
  }
  try {
    writeFileSync(join(lock, "pid"), String(process.pid));
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function isOlderThan(path: string, ageMs: number): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs > ageMs;
  } catch {
    // The holder has just released it.
    return false;
  }
}
