import type { Pool } from "pg";
import type { Tx } from "@/lib/platform/db";
import type { ClaimedRun, OwnedRun, RunEnd, RunStore, StepLogLine, StepMove } from "../ports";
import { claimRuns, endRuns, renewLeases } from "./claim.sql";
import { flushMoves } from "./flush.sql";
import { insertStepLog, lockEnvironments, releaseLeases } from "./store";

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export type InTransaction = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

/** Runs in PostgreSQL. Batches are one statement each. */
export class PostgresRunStore implements RunStore<Tx> {
  /** @param inTransaction on the pool's database */
  constructor(
    private readonly pool: Pool,
    private readonly inTransaction: InTransaction,
  ) {}

  claim(options: { workerId: string; leaseMs: number; limit: number }): Promise<ClaimedRun[]> {
    return claimRuns(this.pool, options);
  }

  renew(
    owned: readonly OwnedRun[],
    leaseMs: number,
  ): Promise<Map<string, { cancelRequestedAt: Date | null }>> {
    return renewLeases(this.pool, owned, leaseMs);
  }

  release(workerId: string, runIds: readonly string[]): Promise<void> {
    return releaseLeases(this.pool, workerId, runIds);
  }

  writeMoves(moves: readonly StepMove[]): Promise<Set<string>> {
    return flushMoves(this.pool, moves);
  }

  writeEnds(
    ends: readonly RunEnd[],
    follow: (tx: Tx, written: ReadonlySet<string>) => Promise<void>,
  ): Promise<Set<string>> {
    if (ends.every((end) => end.status === "parked")) return endRuns(this.pool, ends);
    return this.inTransaction(async (tx) => {
      // Environments before their runs, as a request for a change locks them.
      await lockEnvironments(
        tx.client,
        ends.map((end) => end.environmentId),
      );
      const written = await endRuns(tx.client, ends);
      await follow(tx, written);
      return written;
    });
  }

  addLog(lines: readonly StepLogLine[]): Promise<void> {
    return insertStepLog(this.pool, lines);
  }
}
