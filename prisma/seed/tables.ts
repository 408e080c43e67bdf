import { allowHistory, type Tx } from "@/lib/platform/db";
import { type DemoTable, demoTables, insertRows, type Row, setColumns } from "./insert-rows.sql";

export type { DemoTable, Row } from "./insert-rows.sql";

/** Columns that name rows of a later table: written as null, and set once all rows are there. */
const namedLater: Partial<Record<DemoTable, readonly string[]>> = {
  environment: ["failed_run_id"],
  request: ["plan_id", "run_id"],
};

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
  async write(tx: Tx): Promise<void> {
    await allowHistory(tx.client);
    for (const table of demoTables) {
      const later = new Set(namedLater[table]);
      const rows = this.of(table).map((row) =>
        Object.fromEntries(Object.entries(row).filter(([column]) => !later.has(column))),
      );
      await insertRows(tx, table, rows);
    }
    for (const table of demoTables) await setColumns(tx, table, namedLater[table] ?? [], this.of(table));
  }
}
