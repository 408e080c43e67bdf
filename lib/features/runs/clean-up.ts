import { type ChangeContext, DriverError } from "@/lib/clouds/contract";
import { keepBackupsOfDestroyed } from "@/lib/features/backups";
import { connectionFor } from "@/lib/features/clouds";
import type { EnvironmentContext } from "@/lib/features/environments";
import { listCloudsTouched } from "./store";

/**
 * The last step of a destruction: removes whatever carries the environment's mark in every cloud that a run of it ever
 * touched, recorded or not, and looks that nothing is left. Safe to repeat.
 * @throws DriverError (retryable) that names what is left
 */
export async function cleanUp({ row, existing }: EnvironmentContext, change: ChangeContext): Promise<void> {
  const left: string[] = [];
  for (const { id, title } of await cloudsOf(row.id, [
    ...Object.values(row.placement).map((one) => one.cloudId),
    ...[...existing.values()].map((one) => one.cloudId),
  ])) {
    const connection = await connectionFor(id);
    await connection.removeEnvironment(row.id, change);
    const owned = await connection.listOwned(row.id, change.signal);
    left.push(...owned.map((one) => `${one.type} ${one.name} (${title})`));
  }
  if (left.length > 0)
    throw new DriverError("retryable", `Not deleted yet: ${left.slice(0, 10).join(", ")}.`);
  await keepBackupsOfDestroyed(row.id);
}

/** A failed move leaves things in a cloud that no row names any more: the steps still do. */
async function cloudsOf(
  environmentId: string,
  known: readonly string[],
): Promise<{ id: string; title: string }[]> {
  return await listCloudsTouched(environmentId, [...known]);
}
