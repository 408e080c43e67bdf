import { type CloudConnection, refKey } from "@/lib/clouds/contract";
import type { ExistingComponent } from "@/lib/engine/plan";
import type { EnvironmentContext } from "@/lib/features/environments";
import { insertSamples } from "./observations.sql";
import { hasSampleWithin } from "./store";

/** Looks may come more often than samples are worth. */
const leastSeconds = 8;

/** Takes one sample of each component and stores them in one statement. */
export async function writeSamples(
  context: EnvironmentContext,
  connection: CloudConnection,
  components: readonly ExistingComponent[],
): Promise<void> {
  if (!connection.metrics || (await hasSampleWithin(context.row.id, leastSeconds))) return;
  const refs = components.map(({ component }) => ({
    environmentId: context.row.id,
    environmentName: context.row.name,
    component,
  }));
  const samples = await connection.metrics(refs);
  const rows = refs.flatMap((ref) => {
    const sample = samples.get(refKey(ref));
    return sample ? [{ component: ref.component, ...sample, at: sample.at.toISOString() }] : [];
  });
  if (rows.length === 0) return;
  await insertSamples(context.row.id, rows);
}
