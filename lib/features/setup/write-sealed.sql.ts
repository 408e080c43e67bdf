import { execute, type Tx } from "@/lib/platform/db";
import type { SealedPlace } from "./sealed-places";

/**
 * Replaces sealed texts of a place; each row is the values of the place's keys, then the new text. Raw: one statement
 * for all rows, whose table and columns are the place's.
 */
export async function writeSealed(
  tx: Tx,
  { table, keys, set }: SealedPlace,
  rows: readonly (readonly string[])[],
): Promise<void> {
  const columns = [...keys, "sealed"];
  await execute(
    `UPDATE ${table} t SET ${set}
       FROM unnest(${columns.map((_, index) => `$${index + 1}::text[]`).join(", ")}) AS u(${columns.join(", ")})
      WHERE ${keys.map((name) => `t.${name} = u.${name}`).join(" AND ")}`,
    columns.map((_, column) => rows.map((row) => row[column])),
    { db: tx },
  );
}
