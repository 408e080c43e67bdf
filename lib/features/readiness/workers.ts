import { type WorkerFamily, workerFamilies } from "@/lib/platform/config";
import { query } from "@/lib/platform/db";

/** Who works, as heartbeats of the last 30 s say. */
export interface LivingWorkers {
  processes: number;
  /** Kinds of work that none of them does. */
  missing: WorkerFamily[];
}

/** @throws when the database does not answer */
export async function findMissingFamilies(): Promise<LivingWorkers> {
  const living = await query<{ families: string[] }>(
    "SELECT families FROM worker_instance WHERE heartbeat_at > now() - interval '30 seconds'",
  );
  const served = new Set(living.flatMap((worker) => worker.families));
  return { processes: living.length, missing: workerFamilies.filter((family) => !served.has(family)) };
}
