import type { RunStatus, StepStatus } from "@/gen/kysely/enums";
import { stateMachine } from "@/lib/kernel/state-machine";

export type { RunStatus, StepStatus };

export const runStates = stateMachine<RunStatus>({
  name: "run",
  initial: "queued",
  moves: {
    queued: ["running"],
    // To itself: another worker takes over a lease that ran out.
    running: ["running", "parked", "succeeded", "failed", "unknown", "cancelled"],
    parked: ["running"],
    succeeded: [],
    // A user resumes what stopped.
    failed: ["queued"],
    unknown: ["queued"],
    cancelled: ["queued"],
  },
});

export const stepStates = stateMachine<StepStatus>({
  name: "step",
  initial: "pending",
  moves: {
    pending: ["running"],
    running: ["succeeded", "skipped", "failed", "waiting", "unknown", "cancelled"],
    // A retry starts again; a poll may end it directly, or wait once more.
    waiting: ["running", "waiting", "succeeded", "skipped", "failed", "unknown", "cancelled"],
    succeeded: [],
    skipped: [],
    failed: ["pending"],
    // Observed before anything is repeated.
    unknown: ["running"],
    cancelled: ["pending", "running"],
  },
});

export const finishedStepStatuses: readonly StepStatus[] = ["succeeded", "skipped"];

/** Statuses from which a run may be resumed by a user. */
export const resumableRunStatuses = runStates.before("queued");

/** Statuses of a run whose work is not over: the database allows one such run for each environment. */
export const activeRunStatuses = runStates.states.filter(
  (status) => status === "running" || runStates.allows(status, "running"),
);

/** Statuses of the steps of a stopped run that are tried again when it is resumed. */
export const resumedStepStatuses: readonly StepStatus[] = [...stepStates.before("pending"), "unknown"];
