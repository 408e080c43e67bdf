import type { StepError, StepRecord } from "./types";

export class StepCancelled extends Error {
  constructor() {
    super("Cancelled before it was done.");
  }
}

export class Unobservable extends Error {
  constructor(reason: string) {
    super(`Nobody can tell whether this happened: ${reason}`);
  }
}

export function errorOf(step: StepRecord, kind: StepError["kind"]): StepError {
  const error = step.error ?? { kind, message: "It ended without saying why." };
  return { ...error, message: `${step.component}: ${error.message}` };
}

export function timeoutError(attemptMs: number): StepError {
  return { kind: "timeout", message: `No answer within ${Math.round(attemptMs / 1000)} s.` };
}

export function isStepError(value: unknown): value is StepError {
  return typeof value === "object" && value !== null && !(value instanceof Error) && "kind" in value;
}
