import { sql } from "kysely";
import { type Connection, rowsOn, statements } from "./builder";

/** PostgreSQL's own tables, as far as they are read here. */
type CatalogTables = {
  pg_database: { oid: number; datname: string; datdba: number };
  pg_locks: {
    locktype: string;
    database: number | null;
    classid: number | null;
    objid: number | null;
    pid: number;
    granted: boolean;
  };
  pg_roles: { rolname: string; rolsuper: boolean; rolcreaterole: boolean };
  pg_sequences: { schemaname: string; sequencename: string; start_value: string; last_value: string | null };
  pg_stat_activity: { pid: number; datname: string | null; application_name: string; backend_start: Date };
};

/** Builds statements on PostgreSQL's own tables. */
export const catalog = statements.withTables<CatalogTables>();

export const currentDatabase = sql<string>`current_database()`;

/** The role that a connection has. */
export async function currentRole(client: Connection): Promise<string> {
  const [row] = await rowsOn(client, statements.selectNoFrom(sql<string>`current_user`.as("role")));
  return row?.role ?? "";
}

/** Whether there is a table of this name in the public schema. */
export async function hasTable(client: Connection, name: string): Promise<boolean> {
  const found = sql<boolean>`to_regclass(${`public.${name}`}) IS NOT NULL`.as("found");
  const [row] = await rowsOn(client, statements.selectNoFrom(found));
  return row?.found === true;
}
