import { listLivingFamilies } from "@/lib/features/workers";
import { type WorkerFamily, workerFamilies } from "@/lib/platform/config";

/** Who works, as heartbeats of the last 30 s say. */
export interface LivingWorkers {
  processes: number;
  /** Kinds of work that none of them does. */
  missing: WorkerFamily[];
}

/** @throws when the database does not answer */
export async function findMissingFamilies(): Promise<LivingWorkers> {
  const living = await listLivingFamilies();
  const served = new Set(living.flat());
  return { processes: living.length, missing: workerFamilies.filter((family) => !served.has(family)) };
}
