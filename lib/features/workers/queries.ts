import { type Actor, requirePermission } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { replacedSchema, type WorkerDto } from "./schema";

interface Row extends Omit<WorkerDto, "startedAt" | "heartbeatAt" | "replaces"> {
  replaces: unknown;
  startedAt: Date;
  heartbeatAt: Date;
}

/** Worker processes that are or lately were alive, the living first; those gone for a day are forgotten. */
export async function listWorkers(actor: Actor): Promise<WorkerDto[]> {
  requirePermission(actor, "queue.read", { what: "The workers" });
  const rows = await query<Row>(
    `SELECT id, families, host, pid, version, started_at AS "startedAt", heartbeat_at AS "heartbeatAt",
            (detail->>'rssBytes')::float8 AS "memoryBytes",
            detail->'replaces' AS replaces,
            extract(epoch FROM now() - heartbeat_at)::float8 AS "heartbeatAgeSeconds",
            heartbeat_at > now() - interval '30 seconds' AS alive
       FROM worker_instance ORDER BY heartbeat_at > now() - interval '30 seconds' DESC, host, started_at LIMIT 500`,
  );
  return rows.map((row) => ({
    ...row,
    replaces: replacedSchema.safeParse(row.replaces).data ?? null,
    startedAt: row.startedAt.toISOString(),
    heartbeatAt: row.heartbeatAt.toISOString(),
  }));
}
