/** Building statements, and running them on any connection: for the launcher and the engine, too, which have no Prisma. */
import {
  type Compilable,
  type CompiledQuery,
  DummyDriver,
  type Expression,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from "kysely";
import type pg from "pg";
import type { DB } from "@/gen/kysely/types";
import { statementName } from "./statement-names";
import { types } from "./value-types";

/**
 * Builds statements that are typed by the schema: lists with filters, aggregates, guarded updates, `SKIP LOCKED`. They
 * run with `rowsOf` and `writtenBy`, never by Kysely itself, so that they run in any transaction and are prepared.
 */
export const statements = new Kysely<DB>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** The database's clock: what is written in one transaction has one time. */
export const now = sql<Date>`now()`;

/** For `where(column, "=", anyOf(values))`: a list as one parameter, so that the text is the same for every length. */
export const anyOf = (values: readonly string[]) => sql<string>`any(${values})`;

/** The moment so long ago by the database's clock, like "30 days". Written out, so that the statement is planned for it. */
export const ago = (interval: string) => sql<Date>`now() - ${sql.lit(interval)}::interval`;

/** Where a row is stored until it changes: what a bounded deletion picks its rows by. */
export const rowPlace = sql<string>`ctid`.as("ctid");

/** Whether a row is one of those whose places (`rowPlace`) a statement answers. */
export const isPlacedAt = (places: Expression<unknown>) => sql<boolean>`ctid IN ${places}`;

/** Asks for nothing but an answer. */
export const signOfLife = statements.selectNoFrom(sql.lit(1).as("alive"));

/** What takes statements: the pool, or a connection. */
export type Connection = Pick<pg.ClientBase, "query">;

/** Runs a statement, prepared by the hash of its text. Values arrive as from `query`. */
export async function runPrepared<Row>(
  client: Connection,
  statement: Compilable<Row>,
): Promise<{ rows: Row[]; written: number }> {
  const compiled = statement.compile();
  return await run(client, compiled, statementName(compiled.sql));
}

/**
 * Runs a statement as it is and answers its rows: for a connection that lives for a few statements, or behind something
 * that lends connections and knows no prepared statements.
 */
export async function rowsOn<Row>(client: Connection, statement: Compilable<Row>): Promise<Row[]> {
  return (await run(client, statement.compile())).rows;
}

async function run<Row>(client: Connection, { sql, parameters }: CompiledQuery<Row>, name?: string) {
  const { rows, rowCount } = await client.query({
    text: sql,
    values: [...parameters],
    types,
    ...(name && { name }),
  });
  return { rows: rows as Row[], written: rowCount ?? 0 };
}
