import { type Db, now, pooled, rowsOf, statements, writtenBy } from "@/lib/platform/db";

/** What was observed of the components of environments. */

/** What is known of a component's checks until now. */
export interface CheckHistory {
  failures: number;
  passes: number;
  /** Null when it was never checked. */
  checkedAt: Date | null;
}

/** What is known of the checks of an environment's components. */
export async function listCheckHistories(
  environmentId: string,
  db: Db = pooled,
): Promise<Map<string, CheckHistory>> {
  const histories = statements
    .selectFrom("resource")
    .select(["component", "failures", "passes", "checked_at as checkedAt"])
    .where("environment_id", "=", environmentId);
  return new Map((await rowsOf(histories, db)).map(({ component, ...row }) => [component, row]));
}

/** Writes down that everything of an environment was looked at now. */
export async function markObserved(environmentId: string, db: Db = pooled): Promise<void> {
  const update = statements
    .updateTable("resource")
    .set({ last_observed_at: now })
    .where("environment_id", "=", environmentId);
  await writtenBy(update, db);
}

/** Writes down that nothing is known of these components, and why. */
export async function markUnknown(
  environmentId: string,
  components: readonly string[],
  message: string,
  db: Db = pooled,
): Promise<void> {
  const update = statements
    .updateTable("resource")
    .set({ health: "unknown", health_message: message, checked_at: null })
    .where("environment_id", "=", environmentId)
    .where((eb) => eb("component", "=", eb.fn.any(eb.val(components))));
  await writtenBy(update, db);
}

/** Counts one more restart of a component. */
export async function countRestart(environmentId: string, component: string, db: Db = pooled): Promise<void> {
  await db.prisma.resource.updateMany({
    where: { environmentId, component },
    data: { restarts: { increment: 1 } },
  });
}
