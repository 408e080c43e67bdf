import { sql } from "kysely";
import pg from "pg";
import { anyOf, rowsOn, statements } from "../db/builder";
import { catalog } from "../db/catalog";
import { listTables, type TableShape } from "./catalog.sql";

/** `public."name" ("column", …)`. */
export function quoted({ name, columns }: TableShape): string {
  return `public.${pg.escapeIdentifier(name)} (${columns.map((one) => pg.escapeIdentifier(one)).join(", ")})`;
}

/** The first table that has a row; undefined in an empty database, also one that was migrated. */
export async function findFilledTable(client: pg.Client): Promise<string | undefined> {
  for (const { name } of await listTables(client)) {
    const table = sql`${sql.id("public", name)}`.as<"t">(sql.id("t"));
    const first = statements.selectFrom(table).select(sql.lit(1).as("one")).limit(1);
    if ((await rowsOn(client, first)).length > 0) return name;
  }
  return undefined;
}

/** How far a sequence has come. */
export interface SequenceState {
  name: string;
  value: string;
  /** Whether the value was handed out: the next one is the one after it. */
  called: boolean;
}

/** The sequences of Rostrum's tables. */
export async function listSequences(client: pg.Client): Promise<SequenceState[]> {
  const sequences = catalog
    .selectFrom("pg_sequences")
    .select([
      "sequencename as name",
      sql<string>`coalesce(last_value, start_value)::text`.as("value"),
      sql<boolean>`last_value IS NOT NULL`.as("called"),
    ])
    .where("schemaname", "=", "public");
  return await rowsOn(client, sequences);
}

/** Brings a sequence to where it was. */
export async function setSequence(client: pg.Client, { name, value, called }: SequenceState): Promise<void> {
  const set = sql`setval(to_regclass('public.' || quote_ident(${name})), ${value}::bigint, ${called})`;
  await rowsOn(client, statements.selectNoFrom(set.as("value")));
}

/** Cuts every other connection to the databases. */
export async function cutConnections(client: pg.Client, databases: readonly string[]): Promise<void> {
  const cut = catalog
    .selectFrom("pg_stat_activity")
    .select(sql<boolean>`pg_terminate_backend(pid)`.as("ended"))
    .where("datname", "=", anyOf(databases))
    .where("pid", "<>", sql<number>`pg_backend_pid()`);
  await rowsOn(client, cut);
}
