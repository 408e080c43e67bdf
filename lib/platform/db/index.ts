import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { type Prisma, PrismaClient } from "@/gen/prisma/client";
import { getConfig } from "../config";
import { moduleLog } from "../log";
import { runCommitHook } from "./commit-hook";
import { isConnectionError } from "./connection-errors";
import { findEmbeddedUrl } from "./embedded-location";
import { statementName } from "./statement-names";

/**
 * The database, two ways over one pool of connections. Ordinary paths use Prisma; bulk and hot paths use typed SQL
 * (`query`), because Prisma spends ten times the processor on bulk writes. Conventions for both:
 * money is Prisma's `Decimal` or, from `query`, a string for `new Decimal(text)`, never a number; `bigint` columns
 * are `bigint`; `timestamptz` is a `Date`; JSON is parsed.
 */
export type { Prisma } from "@/gen/prisma/client";
export { findAuditPowers } from "./audit-powers";
export { isConnectionError, isUnavailable } from "./connection-errors";
export { likeText } from "./like";
export type Tx = Prisma.TransactionClient;

interface Shared {
  pool?: pg.Pool;
  prisma?: PrismaClient;
}

// Next's development server loads modules again and again; the connections must survive that.
const holder = globalThis as typeof globalThis & { rostrumDb?: Shared };
const shared: Shared = holder.rostrumDb ?? {};
holder.rostrumDb = shared;

const bigintOid = 20;
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    oid === bigintOid && format !== "binary"
      ? BigInt
      : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig["getTypeParser"],
};

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

/** The Prisma client of this process, over the same pool. */
export function getPrisma(): PrismaClient {
  shared.prisma ??= new PrismaClient({
    adapter: new PrismaPg(getPool(), { statementNameGenerator: ({ sql }) => statementName(sql) ?? "" }),
    transactionOptions: { maxWait: 10_000, timeout: 30_000 },
  });
  return shared.prisma;
}

export interface TransactionOptions {
  isolationLevel?: Prisma.TransactionIsolationLevel;
  /** Of the whole transaction; 30 s if absent. */
  timeoutMs?: number;
}

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export async function withTransaction<T>(
  work: (tx: Tx) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const whole = async (tx: Tx) => {
    const result = await work(tx);
    await runCommitHook(tx);
    return result;
  };
  return await getPrisma().$transaction(whole, {
    ...(options.isolationLevel && { isolationLevel: options.isolationLevel }),
    ...(options.timeoutMs !== undefined && { timeout: options.timeoutMs }),
  });
}

export interface QueryOptions {
  /** Prepares the statement once per connection under this name; the text must always be the same. */
  name?: string;
  /** Prepares it under a name made of its text (`statementName`), for texts that are put together. */
  prepared?: boolean;
  /** A client out of `withConnection` or `withSqlTransaction`; the pool if absent. */
  client?: pg.ClientBase;
}

/** Runs one SQL statement with `$1…` parameters and answers its rows; `T` is the caller's claim about their shape. */
export async function query<T extends object>(
  sql: string,
  params: readonly unknown[] = [],
  options: QueryOptions = {},
): Promise<T[]> {
  const result = await run<T>(sql, params, options);
  return result.rows;
}

/** Runs one SQL statement and answers how many rows it wrote: what a guarded update checks. */
export async function execute(
  sql: string,
  params: readonly unknown[] = [],
  options: QueryOptions = {},
): Promise<number> {
  const result = await run(sql, params, options);
  return result.rowCount ?? 0;
}

async function run<T extends object>(sql: string, params: readonly unknown[], options: QueryOptions) {
  const name = options.name ?? (options.prepared ? statementName(sql) : undefined);
  const config = { text: sql, values: [...params], types, ...(name && { name }) };
  return await (options.client ?? getPool()).query<T & pg.QueryResultRow>(config);
}

/** Lends one connection for as long as `work` runs. */
export async function withConnection<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await getPool().connect();
  let broken = false;
  try {
    return await work(client);
  } catch (error) {
    broken = isConnectionError(error);
    throw error;
  } finally {
    client.release(broken);
  }
}

/** A transaction on one plain connection, for hot paths: half the cost of Prisma's. */
export async function withSqlTransaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return await withConnection(async (client) => {
    await client.query("BEGIN");
    try {
      const result = await work(client);
      await runCommitHook(client);
      await client.query("COMMIT");
      return result;
    } catch (error) {
      await client.query("ROLLBACK").catch(() => {
        // The connection is gone and the server has rolled back by itself; the first error says why.
      });
      throw error;
    }
  });
}

/** Closes the connections of this process. */
export async function closeDb(): Promise<void> {
  const { pool, prisma } = shared;
  delete shared.pool;
  delete shared.prisma;
  await prisma?.$disconnect();
  await pool?.end();
}
