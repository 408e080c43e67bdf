import { type ChangeContext, type ComponentRef, DriverError } from "@/lib/clouds/contract";
import { keepBackupsOfDestroyed } from "@/lib/features/backups";
import { connectionFor } from "@/lib/features/clouds";
import type { EnvironmentContext } from "@/lib/features/environments";
import { query } from "@/lib/platform/db";

/**
 * The end of a destruction: nothing of the environment is left on any cloud that it was ever on, also where a move or a
 * rollback left something behind. Safe to repeat.
 * @throws DriverError while something is still there
 */
export async function removeLeftovers(
  { row, existing }: EnvironmentContext,
  change: ChangeContext,
): Promise<void> {
  const left = await unfinishedOn(row.id);
  const clouds = await livingClouds([
    ...Object.values(row.placement).map((one) => one.cloudId),
    ...[...existing.values()].map((one) => one.cloudId),
    ...left.map((one) => one.cloudId),
  ]);
  for (const cloudId of clouds) {
    const connection = await connectionFor(cloudId);
    for (const { component } of left.filter((one) => one.cloudId === cloudId)) {
      const ref: ComponentRef = { environmentId: row.id, environmentName: row.name, component };
      if (!(await connection.observe(ref)).present) continue;
      change.log(`Deleting ${component}, which was left behind on another cloud …`);
      await connection.remove(ref, change);
      if ((await connection.observe(ref)).present)
        throw new DriverError("retryable", `${component} is still being deleted.`);
    }
    await connection.removeEnvironment(row.id, change);
  }
  await keepBackupsOfDestroyed(row.id);
}

/** Components that something was done to in a cloud, last anything else than a deletion that succeeded. */
async function unfinishedOn(environmentId: string): Promise<{ cloudId: string; component: string }[]> {
  return await query<{ cloudId: string; component: string }>(
    `SELECT "cloudId", component FROM (
       SELECT DISTINCT ON (s.cloud_id, s.component) s.cloud_id AS "cloudId", s.component, s.action, s.status
       FROM run u JOIN step s ON s.run_id = u.id
       WHERE u.environment_id = $1 AND s.attempts > 0 AND s.cloud_id IS NOT NULL
       ORDER BY s.cloud_id, s.component, s.started_at DESC NULLS LAST, u.created_at DESC, s.position DESC) last
     WHERE NOT (action = 'delete' AND status IN ('succeeded', 'skipped'))`,
    [environmentId],
    { name: "environment_left_on" },
  );
}

/** A cloud that was deleted took what it knew with it. */
async function livingClouds(cloudIds: readonly string[]): Promise<string[]> {
  const rows = await query<{ id: string }>("SELECT id FROM cloud WHERE id = ANY($1)", [
    [...new Set(cloudIds)],
  ]);
  return rows.map((one) => one.id);
}
