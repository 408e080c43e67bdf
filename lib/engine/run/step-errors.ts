import { formatDuration } from "@/lib/kernel/format";
import type { StepError, StepRecord } from "./types";

export class StepCancelled extends Error {
  constructor() {
    super("Canceled before completion.");
  }
}

export class Unobservable extends Error {
  constructor(reason: string) {
    super(`Couldn’t confirm the outcome: ${reason}`);
  }
}

/** Why a run ends that no single step ended. */
export const runErrors = {
  canceled: { kind: "cancelled", message: "The run was canceled." },
  timedOut: { kind: "timeout", message: "The run took longer than its time limit." },
  blocked: {
    kind: "permanent",
    message: "Remaining steps can’t start because their dependencies failed.",
  },
} satisfies Record<string, StepError>;

export function errorOf(step: StepRecord, kind: StepError["kind"]): StepError {
  const error = step.error ?? { kind, message: "Failed without an error message." };
  return { ...error, message: `${step.component}: ${error.message}` };
}

export function timeoutError(attemptMs: number): StepError {
  return { kind: "timeout", message: `Timed out after ${formatDuration(attemptMs)}.` };
}

export function isStepError(value: unknown): value is StepError {
  return typeof value === "object" && value !== null && !(value instanceof Error) && "kind" in value;
}
