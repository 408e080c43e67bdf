import type { ClientBase, Pool } from "pg";
import { endRuns, type RunEnd } from "./claim";
import type { RunExecutor, RunRecord } from "./types";

/** A run and how it ends or parks. */
export interface Ending {
  run: RunRecord;
  end: RunEnd;
}

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export type InTransaction = <T>(work: (client: ClientBase) => Promise<T>) => Promise<T>;

/**
 * Records that runs end or park, and in the same transaction what follows from their ends: whoever sees a run's end sees
 * what it led to. Environments are locked before their runs, as by whoever asks for a change.
 * @returns whether each was written; the others have another owner
 */
export async function recordEnds(
  { pool, inTransaction, executor }: { pool: Pool; inTransaction: InTransaction; executor: RunExecutor },
  endings: readonly Ending[],
): Promise<boolean[]> {
  const ends = endings.map((one) => one.end);
  const written = endings.every(isParked)
    ? await endRuns(pool, ends)
    : await inTransaction(async (client) => {
        await client.query({
          name: "run_end_environments",
          text: "SELECT 1 FROM environment WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE",
          values: [endings.map((one) => one.run.environmentId)],
        });
        const ids = await endRuns(client, ends);
        const ended = endings.filter((one) => ids.has(one.run.id) && !isParked(one));
        if (ended.length > 0) {
          await executor.ended(
            client,
            ended.map(({ run, end }) => ({ run, status: end.status })),
          );
        }
        return ids;
      });
  return endings.map((one) => written.has(one.run.id));
}

function isParked({ end }: Ending): boolean {
  return end.status === "parked";
}
