import { Prisma } from "@/gen/prisma/client";
import { type Db, getPrisma } from "@/lib/platform/db";

/** What is kept under a name, in an object of its own: null may be the value. Null where it was never set. */
export async function findSetting(key: string): Promise<{ value: unknown } | null> {
  return await getPrisma().setting.findUnique({ where: { key }, select: { value: true } });
}

/** Sets or replaces what is kept under a name. */
export async function writeSetting(db: Db, key: string, value: unknown): Promise<void> {
  const stored = value === null ? Prisma.JsonNull : (value as Prisma.InputJsonValue);
  await db.prisma.setting.upsert({
    where: { key },
    create: { key, value: stored },
    update: { value: stored },
  });
}
