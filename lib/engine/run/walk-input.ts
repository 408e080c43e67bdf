import type { Clock } from "@/lib/kernel/clock";
import type { RunLimits, RunRecord, RunSession, StepError, StepRecord } from "./types";
import type { StepWriter } from "./writer";

/** How a walk ended; a parked run continues at `wakeAt`. */
export type WalkEnd =
  | { status: "succeeded" }
  | { status: "failed" | "unknown" | "cancelled"; error: StepError }
  | { status: "parked"; wakeAt: Date; error: StepError | null };

/** What a walk needs of its worker. */
export interface WalkInput {
  run: RunRecord;
  steps: StepRecord[];
  session: RunSession;
  writer: StepWriter;
  limits: RunLimits;
  clock: Clock;
  /** Aborts when the lease is lost or the worker stops: nothing more is started or written. */
  lost: AbortSignal;
  /** Aborts when a person cancels the run. */
  cancelled: AbortSignal;
  log(step: StepRecord, line: string): void;
  changed(): void;
}
