import type { StepNodeState } from "@/components/topology/types";
import type { Tone } from "@/components/ui/tone";
import { runWords } from "@/lib/features/requests/schema";
import type { RunSummary, StepDto } from "@/lib/features/runs/schema";

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

/** Steps of a run that are no component's. */
type EndAction = "settle" | "cleanup" | "verify";

/** What a step does to its component, as the first word of a sentence. */
const componentSteps: Record<Exclude<StepDto["action"], EndAction>, string> = {
  create: "Create",
  update: "Update",
  replace: "Replace",
  delete: "Delete",
  stop: "Stop",
  start: "Start",
  restart: "Restart",
  recover: "Recover",
  repair: "Repair",
  recreate: "Recreate",
  restore: "Restore",
  run: "Run action on",
  "no-op": "Keep",
  backup: "Back up",
  copy: "Copy data of",
};

/** The others, as a line, and as a node of the graph. */
const endSteps: Record<EndAction, { title: string; node: string; fact: string }> = {
  settle: { title: "Wait for health checks", node: "Health", fact: "Health checks" },
  cleanup: { title: "Clean up", node: "Clean up", fact: "Verify removal" },
  verify: { title: "Acceptance checks", node: "Acceptance", fact: "Acceptance checks" },
};

type StepName = Pick<StepDto, "action" | "title">;

/** A step as a line and as a node of the graph: "Create PostgreSQL"; "PostgreSQL", "Create". */
export function stepWords({ action, title }: StepName): { title: string; node: string; fact: string } {
  if (action === "settle" || action === "cleanup" || action === "verify") return endSteps[action];
  const fact = componentSteps[action];
  return { title: `${fact} ${title}`, node: title, fact };
}

/** Whether a step belongs to no component. */
export function isEndStep({ action }: StepName): boolean {
  return action in endSteps;
}

/** A step as a line: Create PostgreSQL. */
export function stepTitle(step: StepName): string {
  return stepWords(step).title;
}
/** A run as a headline: Creating shop-staging. */
export function runTitle(run: Pick<RunSummary, "kind"> & { environment: { name: string } }): string {
  return runWords(run.kind, run.environment.name);
}
