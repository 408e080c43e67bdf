import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import type { PrismaClient } from "@/gen/prisma/client";
import { getConfig } from "../config";
import { moduleLog } from "../log";
import { withAdopted } from "./adopted-connection";
import { findEmbeddedUrl } from "./embedded-location";
import { statementName } from "./statement-names";

// With the schema it is 400 KB of code. Imported like this it is one chunk that all routes share; otherwise the bundler of the
// portal puts a copy into a dozen of them, and each stays in memory.
const generated = await import("@/gen/prisma/client");

interface Shared {
  pool?: pg.Pool;
  probePool?: pg.Pool;
  prisma?: PrismaClient;
}

// Next's development server loads modules again and again; the connections must survive that.
const holder = globalThis as typeof globalThis & { rostrumDb?: Shared };
const shared: Shared = holder.rostrumDb ?? {};
holder.rostrumDb = shared;

/**
 * The address of the database: `DATABASE_URL`, else that of the embedded server that runs on the data directory.
 * @throws Error saying what to do when there is neither
 */
export function getDatabaseUrl(): string {
  const config = getConfig();
  const url = config.databaseUrl ?? findEmbeddedUrl(config.dataDir);
  if (url) return url;
  throw new Error(
    `No database: DATABASE_URL isn't set and no database is running in ${config.dataDir}. Start Rostrum with \`npm start\`.`,
  );
}

/** The pool of this process (`DB_POOL_SIZE` connections). */
export function getPool(): pg.Pool {
  if (shared.pool) return shared.pool;
  const pool = new pg.Pool({
    connectionString: getDatabaseUrl(),
    max: getConfig().dbPoolSize,
    idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: 15_000,
    application_name: "rostrum",
  });
  // Without a listener an idle connection that breaks (a restart of the server) would end the process.
  pool.on("error", (error) => moduleLog("db").warn({ err: error }, "idle database connection lost"));
  // The pool listens only to idle ones; a lent connection that breaks between two statements must not either.
  pool.on("connect", (client) => client.on("error", () => {}));
  shared.pool = pool;
  return pool;
}

/** One connection, for asking whether the server is there: what takes longer than 2 s fails, and its connection is dropped. */
export function getProbePool(): pg.Pool {
  if (shared.probePool) return shared.probePool;
  const pool = new pg.Pool({
    connectionString: getDatabaseUrl(),
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: probeLimitMs,
    query_timeout: probeLimitMs,
    application_name: "rostrum",
    // It alone keeps no process alive.
    allowExitOnIdle: true,
  });
  pool.on("error", () => {
    // The next question makes a new connection, and says what is wrong.
  });
  shared.probePool = pool;
  return pool;
}

const probeLimitMs = 2_000;

/** The Prisma client of this process, over the same pool. */
export function getPrisma(): PrismaClient {
  shared.prisma ??= new generated.PrismaClient({
    adapter: new PrismaPg(withAdopted(getPool()), {
      statementNameGenerator: ({ sql }) => statementName(sql) ?? "",
    }),
    transactionOptions: { maxWait: 10_000, timeout: 30_000 },
  });
  return shared.prisma;
}

/** Closes the connections of this process. */
export async function closeDb(): Promise<void> {
  const { pool, probePool, prisma } = shared;
  delete shared.pool;
  delete shared.probePool;
  delete shared.prisma;
  await prisma?.$disconnect();
  await Promise.all([pool?.end(), probePool?.end()]);
}
