/** Reads system catalogs: columns and keys as PostgreSQL itself writes them, whatever tables there are. */
import type pg from "pg";

/** A table as it is copied: computed columns are left out. */
export interface TableShape {
  name: string;
  columns: string[];
}

/** Migrations make their own table again. */
const madeByMigrations = "_prisma_migrations";

/** The tables of Rostrum by name; the queue's are left out: it only wakes, and what waits is found in the database. */
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

/** The foreign keys between Rostrum's tables, as the statements that drop each and make it again. */
export async function listForeignKeys(client: pg.Client): Promise<{ drop: string; make: string }[]> {
  const { rows } = await client.query<{ drop: string; make: string }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
            format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS make
       FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY conname`,
  );
  return rows;
}
