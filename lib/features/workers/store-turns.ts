import { sql } from "kysely";
import { type Db, pooled, statements, writtenBy } from "@/lib/platform/db";

/** How a turn of a recurring job went. */
export interface JobTurn {
  name: string;
  startedAt: Date;
  durationMs: number;
  /** Why it failed; null when it worked. */
  error: string | null;
}

const mostErrorLength = 500;

/** Writes down the newest turns that a worker did; an older one never replaces a newer one of another worker. */
export async function recordTurns(turns: readonly JobTurn[], db: Db = pooled): Promise<void> {
  if (turns.length === 0) return;
  const rows = turns.map(({ name, startedAt, durationMs, error }) => ({
    name,
    started_at: startedAt,
    duration_ms: durationMs,
    error: error?.slice(0, mostErrorLength) ?? null,
  }));
  const upsert = statements
    .insertInto("job_turn")
    // In one order, so that two workers never wait for each other.
    .values(rows.toSorted((left, right) => left.name.localeCompare(right.name)))
    .onConflict((conflict) =>
      conflict
        .column("name")
        .doUpdateSet(({ ref }) => ({
          started_at: ref("excluded.started_at"),
          duration_ms: ref("excluded.duration_ms"),
          error: ref("excluded.error"),
        }))
        .where(sql<boolean>`job_turn.started_at < excluded.started_at`),
    );
  await writtenBy(upsert, db);
}

/** The newest turn of each recurring job that ever had one. */
export async function listTurns(db: Db = pooled): Promise<JobTurn[]> {
  return await db.prisma.jobTurn.findMany();
}
