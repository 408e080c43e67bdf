import type { ClientBase } from "pg";

/** A row by its column names, ready to become JSON. */
export type Row = Record<string, unknown>;

/** The tables demo data is written to, in the order foreign keys need. */
const order = [
  "app_user",
  "cost_center",
  "project",
  "project_member",
  "cloud",
  "environment",
  "environment_secret",
  "resource",
  "request",
  "plan",
  "approval",
  "reservation",
  "run",
  "step",
  "step_log",
  "incident",
  "backup",
  "notification",
] as const;
export type DemoTable = (typeof order)[number];

/** Collects rows in memory and writes each table with one statement: row by row it would take seconds. */
export class DemoTables {
  private readonly rows = new Map<DemoTable, Row[]>();

  add(table: DemoTable, ...rows: Row[]): void {
    const known = this.rows.get(table) ?? [];
    known.push(...rows);
    this.rows.set(table, known);
  }

  of(table: DemoTable): readonly Row[] {
    return this.rows.get(table) ?? [];
  }

  /** Writes everything through one connection. Every row of a table must have the same columns. */
  async write(client: ClientBase): Promise<void> {
    for (const table of order) {
      const rows = this.of(table);
      const [first] = rows;
      if (!first) continue;
      const columns = Object.keys(first)
        .map((column) => `"${column}"`)
        .join(", ");
      await client.query(
        `INSERT INTO "${table}" (${columns})
         SELECT ${columns} FROM jsonb_populate_recordset(NULL::"${table}", $1::jsonb)`,
        [JSON.stringify(rows)],
      );
    }
  }
}
