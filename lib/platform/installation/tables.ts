import pg from "pg";

/** A table as it is copied: computed columns are left out. */
export interface TableShape {
  name: string;
  columns: string[];
}

/** Migrations make their own table anew. */
const madeByMigrations = "_prisma_migrations";

/** The tables of Rostrum; the queue's are left out: it only wakes, and what waits is found in the database. */
export async function listTables(client: pg.Client): Promise<TableShape[]> {
  const { rows } = await client.query<TableShape>(
    `SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attgenerated = ''
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> $1
      GROUP BY c.relname ORDER BY c.relname`,
    [madeByMigrations],
  );
  return rows;
}

/** `public."name" ("column", …)`. */
export function quoted({ name, columns }: TableShape): string {
  return `public.${pg.escapeIdentifier(name)} (${columns.map((one) => pg.escapeIdentifier(one)).join(", ")})`;
}

/** Names of the migrations a database has. */
export async function listApplied(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT migration_name AS name FROM _prisma_migrations
      WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1`,
  );
  return rows.map((row) => row.name);
}

/** The first table that has a row; undefined in an empty database, also one that was migrated. */
export async function findFilledTable(client: pg.Client): Promise<string | undefined> {
  for (const { name } of await listTables(client)) {
    const { rowCount } = await client.query(`SELECT 1 FROM public.${pg.escapeIdentifier(name)} LIMIT 1`);
    if (rowCount) return name;
  }
  return undefined;
}
