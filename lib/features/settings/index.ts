import type { z } from "zod";
import type { Db } from "@/lib/platform/db";
import { findSetting, writeSetting } from "./store";

/**
 * A value that administrators or Rostrum itself keep in the database under a name ("setup.key").
 * Answers `fallback` when it was never set or is not what `schema` expects any more.
 */
export async function getSetting<S extends z.ZodType>(
  key: string,
  schema: S,
  fallback: z.output<S>,
): Promise<z.output<S>> {
  const found = await findSetting(key);
  if (!found) return fallback;
  const parsed = schema.safeParse(found.value);
  return parsed.success ? parsed.data : fallback;
}

/** Sets a value; the caller audits what it means. */
export async function putSetting(db: Db, key: string, value: unknown): Promise<void> {
  await writeSetting(db, key, value);
}
