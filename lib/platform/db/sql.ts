import type pg from "pg";
import { isConnectionError } from "./connection-errors";
import { getPool } from "./connections";
import { statementName } from "./statement-names";
import type { Db } from "./transaction";
import { types } from "./value-types";

export interface QueryOptions {
  /** Prepares the statement once per connection under this name; the text must always be the same. */
  name?: string;
  /** Prepares it under a name made of its text (`statementName`), for texts that are put together. */
  prepared?: boolean;
  /** A transaction; the pool if absent. */
  db?: Db | undefined;
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
  return await (options.db?.client ?? getPool()).query<T & pg.QueryResultRow>(config);
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
