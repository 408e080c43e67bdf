import { type Actor, requirePermission } from "@/lib/platform/auth";
import type { WorkerDto, WorkerItemDto } from "./schema";
import { listWorkerRows } from "./store";

/** Worker processes that are or lately were alive, the living first; those gone for a day are forgotten. */
export async function listWorkers(actor: Actor): Promise<WorkerDto[]> {
  requirePermission(actor, "queue.read", { what: "The workers" });
  const rows = await listWorkerRows("host");
  return rows.map((row) => ({
    ...row,
    startedAt: row.startedAt.toISOString(),
    heartbeatAt: row.heartbeatAt.toISOString(),
  }));
}

/** The newest worker processes, the living first, as the API lists them. */
export async function listNewestWorkers(): Promise<WorkerItemDto[]> {
  const rows = await listWorkerRows("newest");
  return rows.map(({ id, families, host, pid, version, memoryBytes, startedAt, heartbeatAt, alive }) => ({
    id,
    families,
    host,
    pid,
    version,
    rssBytes: memoryBytes,
    startedAt: startedAt.toISOString(),
    heartbeatAt: heartbeatAt.toISOString(),
    alive,
  }));
}
