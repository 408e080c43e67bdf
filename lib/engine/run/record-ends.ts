import type { RunEnd, RunStore } from "./ports";
import type { RunExecutor, RunRecord } from "./types";

/** A run and how it ends or parks. */
export interface Ending {
  run: RunRecord;
  end: RunEnd;
}

/**
 * Records that runs end or park, and in the same transaction what follows from their ends: a reader who sees a run's end sees
 * what it led to.
 * @returns whether each was written; the others have another owner
 */
export async function recordEnds<Transaction>(
  { store, executor }: { store: RunStore<Transaction>; executor: RunExecutor<Transaction> },
  endings: readonly Ending[],
): Promise<boolean[]> {
  const ended = endings.filter((one) => one.end.status !== "parked");
  const written = await store.writeEnds(
    endings.map((one) => one.end),
    async (transaction, ids) => {
      const follows = ended.filter((one) => ids.has(one.run.id));
      if (follows.length === 0) return;
      await executor.ended(
        transaction,
        follows.map(({ run, end }) => ({ run, status: end.status })),
      );
    },
  );
  return endings.map((one) => written.has(one.run.id));
}
