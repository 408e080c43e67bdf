import type { ChangeContext } from "@/lib/clouds/contract";
import { connectionFor, inTurn } from "@/lib/features/clouds";
import type { EnvironmentContext } from "@/lib/features/environments";

/**
 * Starts again what died since it was made. An environment whose creation failed is not watched: what ends while a
 * person looks for the cause would still be dead when the run is resumed, and its checks could never pass.
 */
export async function reviveDead(
  { row, inputs }: EnvironmentContext,
  components: Iterable<string>,
  change: ChangeContext,
): Promise<void> {
  for (const component of components) {
    const cloudId = inputs.placement[component]?.cloudId;
    if (!cloudId) continue;
    const connection = await connectionFor(cloudId);
    const ref = { environmentId: row.id, environmentName: row.name, component };
    const seen = await connection.observe(ref);
    if (!seen.present || seen.status !== "failed") continue;
    change.log(`${component} is not running${seen.message ? ` (${seen.message})` : ""}; starting it again.`);
    await inTurn(connection, change, () => connection.recover(ref, change));
  }
}
