import type { z } from "zod";
import { type Db, executeOn } from "@/lib/platform/audit";
import { query } from "@/lib/platform/db";

/**
 * A value that administrators or Rostrum itself keep in the database under a name ("setup.key").
 * Answers `fallback` when it was never set or is not what `schema` expects any more.
 */
export async function getSetting<S extends z.ZodType>(
  key: string,
  schema: S,
  fallback: z.output<S>,
): Promise<z.output<S>> {
  const [row] = await query<{ value: unknown }>("SELECT value FROM setting WHERE key = $1", [key]);
  if (!row) return fallback;
  const parsed = schema.safeParse(row.value);
  return parsed.success ? parsed.data : fallback;
}

/** Sets a value; the caller audits what it means. */
export async function putSetting(db: Db, key: string, value: unknown): Promise<void> {
  await executeOn(
    db,
    `INSERT INTO setting (key, value, updated_at) VALUES ($1, $2::jsonb, now())
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()`,
    [key, JSON.stringify(value)],
  );
}
