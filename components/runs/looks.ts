import type { StepNodeState } from "@/components/topology/types";
import type { Tone } from "@/components/ui/tone";
import { type RunSummary, runWords, type StepDto } from "@/lib/features/runs/schema";

export const runTones: Record<RunSummary["status"], Tone> = {
  queued: "busy",
  running: "busy",
  parked: "busy",
  succeeded: "good",
  failed: "bad",
  unknown: "warning",
  cancelled: "neutral",
};

export const stepTones: Record<StepDto["status"], Tone> = {
  pending: "neutral",
  running: "busy",
  waiting: "busy",
  succeeded: "good",
  failed: "bad",
  skipped: "neutral",
  unknown: "warning",
  cancelled: "neutral",
};

/** The graph knows the same states by the same names. */
export function nodeState(status: StepDto["status"]): StepNodeState {
  return status;
}

export function isOver(status: RunSummary["status"]): boolean {
  return ["succeeded", "failed", "unknown", "cancelled"].includes(status);
}

/** What a step does, as the first word of a sentence. */
export const stepActionWords: Record<string, string> = {
  create: "Create",
  update: "Update",
  replace: "Replace",
  delete: "Delete",
  stop: "Stop",
  start: "Start",
  restart: "Restart",
  repair: "Repair",
  recreate: "Recreate",
  restore: "Restore",
  run: "Run action on",
  "no-op": "Keep",
  backup: "Back up",
  copy: "Copy data of",
};

/** Steps of a run that are no component's, as a line, and as a node of the graph. */
export const stepEndings: Record<string, { title: string; node: string; fact: string }> = {
  settle: { title: "Wait for health checks", node: "Health", fact: "Health checks" },
  cleanup: { title: "Clean up", node: "Clean up", fact: "Verify removal" },
  verify: { title: "Acceptance checks", node: "Acceptance", fact: "Acceptance checks" },
};

/** A step as a line: Create PostgreSQL. */
export function stepTitle(step: Pick<StepDto, "action" | "title">): string {
  const ending = stepEndings[step.action];
  if (ending) return ending.title;
  return `${stepActionWords[step.action] ?? step.action} ${step.title}`;
}

/** A run as a headline: Creating shop-staging. */
export function runTitle(run: { kind: string; environment: { name: string } }): string {
  return runWords(run.kind, run.environment.name);
}
