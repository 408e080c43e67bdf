export type * from "./ports";
export { unreachableCause } from "./retry";
export { RunRunner } from "./runner";
export * from "./states";
export * from "./types";
export { FenceLost, StepWriter } from "./writer";
