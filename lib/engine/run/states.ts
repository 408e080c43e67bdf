/** Where a run and a step may go from where they are. Status writes outside these tables throw. */

export const runStatuses = [
  "queued",
  "running",
  "parked",
  "succeeded",
  "failed",
  "unknown",
  "cancelled",
] as const;
export type RunStatus = (typeof runStatuses)[number];

export const stepStatuses = [
  "pending",
  "running",
  "waiting",
  "succeeded",
  "failed",
  "skipped",
  "unknown",
  "cancelled",
] as const;
export type StepStatus = (typeof stepStatuses)[number];

const runMoves: Record<RunStatus, readonly RunStatus[]> = {
  queued: ["running", "cancelled"],
  // running → running is another worker taking over a lost lease.
  running: ["running", "parked", "succeeded", "failed", "unknown", "cancelled"],
  parked: ["running", "cancelled"],
  succeeded: [],
  // A person may resume what stopped.
  failed: ["queued"],
  unknown: ["queued"],
  cancelled: ["queued"],
};

const stepMoves: Record<StepStatus, readonly StepStatus[]> = {
  pending: ["running", "skipped", "cancelled"],
  running: ["succeeded", "skipped", "failed", "waiting", "unknown", "cancelled"],
  // A retry starts again; a poll may end it directly.
  waiting: ["running", "succeeded", "skipped", "failed", "waiting", "unknown", "cancelled"],
  succeeded: [],
  skipped: [],
  failed: ["pending"],
  // Somebody looked: it is observed again before anything is repeated.
  unknown: ["running"],
  cancelled: ["pending", "running"],
};

export const endedRunStatuses: readonly RunStatus[] = ["succeeded", "failed", "unknown", "cancelled"];
export const finishedStepStatuses: readonly StepStatus[] = ["succeeded", "skipped"];

export class IllegalTransition extends Error {
  constructor(what: "run" | "step", from: string, to: string) {
    super(`A ${what} cannot go from ${from} to ${to}.`);
    this.name = "IllegalTransition";
  }
}

/** Throws IllegalTransition when a run may not go from `from` to `to`. */
export function assertRunMove(from: RunStatus, to: RunStatus): void {
  if (!runMoves[from].includes(to)) throw new IllegalTransition("run", from, to);
}

/** Throws IllegalTransition when a step may not go from `from` to `to`. */
export function assertStepMove(from: StepStatus, to: StepStatus): void {
  if (!stepMoves[from].includes(to)) throw new IllegalTransition("step", from, to);
}

/** Statuses from which a run may be resumed by a person. */
export const resumableRunStatuses = runStatuses.filter((status) => runMoves[status].includes("queued"));
