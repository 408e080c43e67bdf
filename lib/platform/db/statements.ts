import type { Compilable } from "kysely";
import { runPrepared } from "./builder";
import { type Db, pooled } from "./transaction";

/** Runs a statement and answers its rows. Values arrive as from `query`. */
export async function rowsOf<Row>(statement: Compilable<Row>, db: Db = pooled): Promise<Row[]> {
  return (await runPrepared(db.client, statement)).rows;
}

/** Runs a statement that has one row at most. */
export async function rowOf<Row>(statement: Compilable<Row>, db: Db = pooled): Promise<Row | null> {
  return (await rowsOf(statement, db))[0] ?? null;
}

/** Runs a statement and answers how many rows it wrote: what a guarded update checks. */
export async function writtenBy(statement: Compilable<unknown>, db: Db = pooled): Promise<number> {
  return (await runPrepared(db.client, statement)).written;
}
