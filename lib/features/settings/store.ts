import { sql } from "kysely";
import { type Db, getPrisma, statements, writtenBy } from "@/lib/platform/db";

/** What is kept under a name, in an object of its own: null may be the value. Null where it was never set. */
export async function findSetting(key: string): Promise<{ value: unknown } | null> {
  return await getPrisma().setting.findUnique({ where: { key }, select: { value: true } });
}

/** Sets or replaces what is kept under a name. */
export async function writeSetting(db: Db, key: string, value: unknown): Promise<void> {
  const written = { value: JSON.stringify(value), updated_at: sql<Date>`now()` };
  await writtenBy(
    statements
      .insertInto("setting")
      .values({ key, ...written })
      .onConflict((conflict) => conflict.column("key").doUpdateSet(written)),
    db,
  );
}
