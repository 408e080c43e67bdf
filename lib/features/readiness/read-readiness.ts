import { hasAdministrator } from "@/lib/features/identity";
import { Probe } from "@/lib/kernel/probe";
import { askDatabase } from "@/lib/platform/db/availability";
import { pingQueue } from "@/lib/platform/queue";
import { readDiskRoom } from "@/lib/platform/storage";
import type { Readiness } from "./schema";
import { findMissingFamilies } from "./workers";

const limitMs = 2_000;

const administrator = new Probe(hasAdministrator, limitMs);
const workers = new Probe(findMissingFamilies, limitMs);
const queue = new Probe(pingQueue, limitMs);

type Checks = Readiness["checks"];

/**
 * Whether this installation can do its work: every part is asked at once, for two seconds at most, so that the answer
 * comes also when a part stands still. Says states and no addresses: the answer is public.
 */
export async function readReadiness(): Promise<Readiness> {
  const [databaseCheck, setup, workersCheck, queueCheck, disk] = await Promise.all([
    checkDatabase(),
    checkSetup(),
    checkWorkers(),
    checkQueue(),
    checkDisk(),
  ]);
  const checks = { database: databaseCheck, setup, workers: workersCheck, queue: queueCheck, disk };
  return { status: statusOf(checks), checks };
}

function statusOf({ database, setup, workers, queue, disk }: Checks): Readiness["status"] {
  if (database.state === "down") return "not_ready";
  if (setup.state === "needed") return "setup";
  if (setup.state === "unknown" || workers.state === "down" || workers.state === "unknown")
    return "not_ready";
  return [workers, queue, disk].every((one) => one.state === "ok") ? "ready" : "degraded";
}

const ok = { state: "ok", detail: null } as const;

async function checkDatabase(): Promise<Checks["database"]> {
  return await askDatabase().then(
    () => ok,
    () => ({ state: "down" as const, detail: "The database is unavailable." }),
  );
}

async function checkSetup(): Promise<Checks["setup"]> {
  try {
    if (await administrator.answer()) return ok;
    return {
      state: "needed",
      detail: "There is no administrator yet. The first start, or the container’s migrate role, creates one.",
    };
  } catch {
    return { state: "unknown", detail: "The database is unavailable." };
  }
}

async function checkWorkers(): Promise<Checks["workers"]> {
  try {
    const { processes, missing } = await workers.answer();
    if (processes === 0)
      return { state: "down", detail: "No worker sent a heartbeat in the last 30 seconds." };
    if (missing.length === 0) return ok;
    return { state: "some_missing", detail: `No online worker for: ${missing.join(", ")}.` };
  } catch {
    return { state: "unknown", detail: "The database is unavailable." };
  }
}

async function checkQueue(): Promise<Checks["queue"]> {
  return await queue.answer().then(
    () => ok,
    () => ({
      state: "down" as const,
      detail:
        "The queue is unavailable. Workers find work in the database instead, with a delay of some seconds.",
    }),
  );
}

async function checkDisk(): Promise<Checks["disk"]> {
  try {
    const { low } = await readDiskRoom();
    return low ? { state: "low", detail: "The disk is almost full: nothing new is provisioned." } : ok;
  } catch {
    return { state: "unknown", detail: "The file system of the data directory doesn’t respond." };
  }
}
