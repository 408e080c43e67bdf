import type { Pool } from "pg";

export interface Hit {
  table: string;
  column: string;
  form: string;
  text: string;
}

/** Every text, JSON, array or binary column of the database in which one of these texts stands. */
export async function findInDatabase(pool: Pool, forms: readonly string[]): Promise<Hit[]> {
  const { rows: columns } = await pool.query<{ table: string; column: string; type: string }>(
    `SELECT c.table_name AS "table", c.column_name AS "column", c.data_type AS type
     FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
       AND c.data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'bytea')`,
  );
  const hits: Hit[] = [];
  for (const { table, column, type } of columns) {
    const text = type === "bytea" ? `encode("${column}", 'escape')` : `"${column}"::text`;
    const { rows } = await pool.query<{ text: string; form: string }>(
      `SELECT f.form, t.text FROM (SELECT ${text} AS text FROM "${table}") t, unnest($1::text[]) AS f(form)
       WHERE position(f.form in t.text) > 0 LIMIT 5`,
      [forms],
    );
    for (const { form, text: found } of rows) hits.push({ table, column, form, text: found.slice(0, 300) });
  }
  return hits;
}
