import { type Db, execute, pooled } from "@/lib/platform/db";

/** What a component uses at a moment; null where its cloud cannot say. */
export interface SampleRow {
  component: string;
  /** ISO 8601. */
  at: string;
  cpuCores: number | null;
  memoryBytes: number | null;
  storageBytes: number | null;
  networkReceivedBytes: number | null;
  networkSentBytes: number | null;
}

/** Stores samples of an environment's components, each moment once. Raw: one statement for all of them. */
export async function insertSamples(
  environmentId: string,
  rows: readonly SampleRow[],
  db: Db = pooled,
): Promise<void> {
  await execute(
    `INSERT INTO sample (resource_id, at, cpu_cores, memory_bytes, storage_bytes, network_received_bytes, network_sent_bytes)
     SELECT r.id, s.at, s."cpuCores", round(s."memoryBytes")::bigint, round(s."storageBytes")::bigint,
       round(s."networkReceivedBytes")::bigint, round(s."networkSentBytes")::bigint
     FROM json_to_recordset($2::json) AS s(component text, at timestamptz, "cpuCores" float8, "memoryBytes" numeric,
       "storageBytes" numeric, "networkReceivedBytes" numeric, "networkSentBytes" numeric)
     JOIN resource r ON r.environment_id = $1 AND r.component = s.component
     ON CONFLICT (resource_id, at) DO NOTHING`,
    [environmentId, JSON.stringify(rows)],
    { name: "monitoring_samples", db },
  );
}
