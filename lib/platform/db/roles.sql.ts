/** Reads system catalogs: what belongs to which role, in PostgreSQL's own words (`regclass`, `format`). */
import type pg from "pg";

/** Statements that give what `from` owns in a schema (anybody, if null) to another role, the schema first. */
export async function listTransfers(
  client: pg.Client,
  schema: string,
  from: string | null,
  to: string,
): Promise<string[]> {
  const { rows } = await client.query<{ statement: string }>(
    `WITH space AS (SELECT oid, nspowner, nspname FROM pg_namespace WHERE nspname = $1),
       things AS (
         SELECT 0 AS rank, 'SCHEMA' AS kind, quote_ident(nspname) AS name, nspowner AS owner FROM space
         UNION ALL SELECT 1, 'TABLE', c.oid::regclass::text, c.relowner FROM pg_class c, space
           WHERE c.relnamespace = space.oid AND c.relkind IN ('r', 'p', 'v', 'm')
         UNION ALL SELECT 2, 'SEQUENCE', c.oid::regclass::text, c.relowner FROM pg_class c, space
           WHERE c.relnamespace = space.oid AND c.relkind = 'S'
             AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i'))
         UNION ALL SELECT 3, 'ROUTINE', p.oid::regprocedure::text, p.proowner FROM pg_proc p, space
           WHERE p.pronamespace = space.oid
             AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
         UNION ALL SELECT 4, 'TYPE', t.oid::regtype::text, t.typowner FROM pg_type t, space
           WHERE t.typnamespace = space.oid AND t.typtype IN ('e', 'd'))
     SELECT format('ALTER %s %s OWNER TO %I', kind, name, $3::text) AS statement FROM things
      WHERE pg_get_userbyid(owner) <> $3 AND ($2::text IS NULL OR pg_get_userbyid(owner) = $2) ORDER BY rank`,
    [schema, from, to],
  );
  return rows.map((row) => row.statement);
}

/**
 * What the connected role has in the public schema, by name; what an extension put there is left alone.
 * @param kinds letters of `pg_class.relkind`: "r" tables, "S" sequences
 */
export async function listOwned(client: pg.Client, kinds: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND strpos($1, c.relkind::text) > 0
        AND pg_has_role(current_user, c.relowner, 'USAGE')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1`,
    [kinds],
  );
  return rows.map((row) => row.name);
}
