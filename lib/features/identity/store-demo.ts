import { sql } from "kysely";
import { memberRows } from "@/lib/features/projects/joins";
import { getPrisma, rowsOf, statements, type Tx } from "@/lib/platform/db";
import { type DemoRole, demoRoles } from "./schema";

/** Whether there is an enabled demo user. */
export async function hasEnabledDemoUser(): Promise<boolean> {
  const where = { isDemo: true, disabledAt: null };
  return (await getPrisma().user.findFirst({ where, select: { id: true } })) !== null;
}

/** The first enabled demo user of each role, if the link was used within so many seconds; by the role's name. */
export async function listDemoUsersOf(linkId: string, seconds: number) {
  return await rowsOf(
    statements
      .selectFrom((eb) =>
        eb
          .selectFrom("app_user as u")
          .leftJoin(memberRows.as("m"), "m.user_id", "u.id")
          .select(["u.id", "u.name", "u.email", "u.created_at"])
          .select(sql<DemoRole>`coalesce(u.org_role::text, m.role::text)`.as("role"))
          .where("u.is_demo", "=", true)
          .where("u.disabled_at", "is", null)
          .as("demo"),
      )
      .distinctOn("demo.role")
      .select(["demo.role", "demo.id", "demo.name", "demo.email"])
      .where("demo.role", "in", demoRoles)
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom("demo_link as l")
            .select("l.id")
            .where("l.id", "=", linkId)
            .where("l.used_at", ">", sql<Date>`now() - make_interval(secs => ${seconds})`),
        ),
      )
      .orderBy("demo.role")
      .orderBy("demo.created_at")
      .orderBy("demo.id"),
  );
}

/** Deletes links of no more use: opened before `openedBefore`, or unopened and over at `now`. */
export async function deleteUselessDemoLinks(tx: Tx, openedBefore: Date, now: Date): Promise<void> {
  await tx.prisma.demoLink.deleteMany({
    where: { OR: [{ usedAt: { lt: openedBefore } }, { usedAt: null, expiresAt: { lt: now } }] },
  });
}

/** Writes a new link. */
export async function insertDemoLink(
  tx: Tx,
  link: { id: string; hash: string; expiresAt: Date },
): Promise<void> {
  await tx.prisma.demoLink.create({ data: link });
}

/** Uses a link up that is neither used nor over; answers its id, or null. Of several at once one gets it. */
export async function spendDemoLink(tx: Tx, hash: string, now: Date): Promise<string | null> {
  const found = await tx.prisma.demoLink.findUnique({ where: { hash }, select: { id: true } });
  const { count } = await tx.prisma.demoLink.updateMany({
    where: { hash, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
  });
  return found && count > 0 ? found.id : null;
}
