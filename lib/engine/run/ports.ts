import type { RunStatus, StepStatus } from "./states";
import type { ResourceEffect, RunRecord, StepError, StepRecord } from "./types";

export interface ClaimedRun {
  run: RunRecord;
  steps: StepRecord[];
}

/** A run as its owner names it: with the fence it got when it claimed it. */
export interface OwnedRun {
  id: string;
  fence: number;
}

/** A step's way from the status it has in memory to another one, and what goes with it. */
export interface StepMove {
  step: StepRecord;
  environmentId: string;
  fence: number;
  to: StepStatus;
  token?: Record<string, unknown> | null;
  error?: StepError | null;
  nextAttemptAt?: Date | null;
  effect?: ResourceEffect;
}

export interface RunEnd extends OwnedRun {
  environmentId: string;
  status: Extract<RunStatus, "succeeded" | "failed" | "unknown" | "cancelled" | "parked">;
  wakeAt?: Date | null;
  /** Of a parked run; later than before by what it waited for a cloud. */
  deadlineAt?: Date | null;
  error?: StepError | null;
}

export interface StepLogLine {
  runId: string;
  stepId: string;
  /** In ISO 8601. */
  at: string;
  text: string;
}

/**
 * Where runs are kept: PostgreSQL, or memory in tests. A promise that resolves says that what it promised is durable. Every
 * write of an owner is guarded by its fence, so that one who lost the run changes nothing any more.
 * `tests/support/run-store-contract.ts` holds both to this.
 * @typeParam Transaction what `writeEnds` hands to what follows from an end
 */
export interface RunStore<Transaction = unknown> {
  /**
   * Takes up to `limit` runs that are due, with their steps in order of position: queued or parked ones whose time has come,
   * and running ones whose owner's lease ran out. The fence grows with every claim. Two claims at once get different runs.
   */
  claim(options: { workerId: string; leaseMs: number; limit: number }): Promise<ClaimedRun[]>;

  /**
   * Extends the leases of runs.
   * @returns per run still owned whether its cancellation was asked for; a run that is missing was lost
   */
  renew(
    owned: readonly OwnedRun[],
    leaseMs: number,
  ): Promise<Map<string, { cancelRequestedAt: Date | null }>>;

  /** Ends the leases that a worker has on runs, so that others take them at once. */
  release(workerId: string, runIds: readonly string[]): Promise<void>;

  /**
   * Records transitions, each guarded by the step's status in memory and the run's fence, and what they did to resources. All
   * that pass the guards are written together or, when the store fails, none.
   * @returns ids of the steps that were written; the others' runs have another owner
   */
  writeMoves(moves: readonly StepMove[]): Promise<ReadonlySet<string>>;

  /**
   * Ends or parks runs. A parked one whose cancellation was asked for meanwhile is due at once. When any of them ended,
   * `follow` is part of the same transaction, with the environments of all locked: both stand, or neither does.
   * @returns ids of the runs that were written; the others have another owner
   */
  writeEnds(
    ends: readonly RunEnd[],
    follow: (transaction: Transaction, written: ReadonlySet<string>) => Promise<void>,
  ): Promise<ReadonlySet<string>>;

  /** Adds lines to the logs of steps, in their order. */
  addLog(lines: readonly StepLogLine[]): Promise<void>;
}
