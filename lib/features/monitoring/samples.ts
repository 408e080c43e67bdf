import { type CloudConnection, refKey } from "@/lib/clouds/contract";
import type { ExistingComponent } from "@/lib/engine/plan";
import type { EnvironmentContext } from "@/lib/features/environments";
import { execute, query } from "@/lib/platform/db";

/** Looks may come more often than samples are worth. */
const leastSeconds = 8;

async function isSampled(environmentId: string): Promise<boolean> {
  const rows = await query(
    `SELECT 1 FROM sample s JOIN resource r ON r.id = s.resource_id
     WHERE r.environment_id = $1 AND s.at > now() - $2::int * interval '1 second' LIMIT 1`,
    [environmentId, leastSeconds],
  );
  return rows.length > 0;
}

/** Takes one sample of each component and stores them in one statement. */
export async function writeSamples(
  context: EnvironmentContext,
  connection: CloudConnection,
  components: readonly ExistingComponent[],
): Promise<void> {
  if (!connection.metrics || (await isSampled(context.row.id))) return;
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
  await execute(
    `INSERT INTO sample (resource_id, at, cpu_cores, memory_bytes, storage_bytes, network_received_bytes, network_sent_bytes)
     SELECT r.id, s.at, s."cpuCores", round(s."memoryBytes")::bigint, round(s."storageBytes")::bigint,
       round(s."networkReceivedBytes")::bigint, round(s."networkSentBytes")::bigint
     FROM json_to_recordset($2::json) AS s(component text, at timestamptz, "cpuCores" float8, "memoryBytes" numeric,
       "storageBytes" numeric, "networkReceivedBytes" numeric, "networkSentBytes" numeric)
     JOIN resource r ON r.environment_id = $1 AND r.component = s.component
     ON CONFLICT (resource_id, at) DO NOTHING`,
    [context.row.id, JSON.stringify(rows)],
  );
}
