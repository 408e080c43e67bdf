export { claimRuns, endRuns, renewLeases } from "./claim";
export { createRun, type NewRun, type NewStep, type Queryable, requestCancel, resumeRun } from "./control";
export { backoffMs, classifyError, unreachableCause } from "./retry";
export { type RunnerOptions, RunRunner } from "./runner";
export * from "./states";
export * from "./types";
export { FenceLost, StepWriter } from "./writer";
