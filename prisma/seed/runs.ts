import { stepsOf } from "@/lib/engine/plan";
import { newId } from "@/lib/kernel/ids";
import type { HistoryContext } from "./context";
import { type DemoSubject, iso } from "./environment";

const dayMs = 86_400_000;

export interface RunIds {
  requestId: string;
  planId: string;
  runId: string;
}

/** What went wrong in the environments that show a failure. */
export function failureOf(): { message: string; hint: string } {
  return {
    message: 'Acceptance check "Home page responds" failed: HTTP 502 after 90 s.',
    hint: "Check the component’s log, then resume from this step or roll back.",
  };
}

export function addCreateRun(context: HistoryContext, subject: DemoSubject, ids: RunIds): void {
  const { scenario, times } = subject;
  const { tables, now } = context;
  const start = times.decidedAt ?? now;
  const status = scenario.state === "failed" ? "failed" : times.readyAt === null ? "parked" : "succeeded";
  const finishedAt = status === "failed" ? start + 94_000 : times.readyAt;
  const failure = failureOf();
  tables.add("run", {
    id: ids.runId,
    environment_id: subject.id,
    request_id: ids.requestId,
    plan_id: ids.planId,
    kind: "create",
    status,
    fence: 1,
    // Shown as being made: woken long after anybody looks.
    wake_at: status === "parked" ? iso(now + 365 * dayMs) : null,
    context: {},
    error: status === "failed" ? { kind: "permanent", ...failure } : null,
    created_at: iso(start),
    started_at: iso(start + 40),
    finished_at: iso(finishedAt),
  });
  const steps = stepsOf(subject.blueprint.changes);
  const share = ((finishedAt ?? start + 60_000) - start - 40) / Math.max(1, steps.length);
  for (const [position, step] of steps.entries()) {
    addStep(context, subject, ids.runId, {
      ...step,
      position,
      start: start + 40 + share * position,
      share,
      status,
    });
  }
}

export function addStep(
  { tables }: HistoryContext,
  subject: DemoSubject,
  runId: string,
  step: ReturnType<typeof stepsOf>[number] & {
    position: number;
    start: number;
    share: number;
    status: string;
  },
): void {
  const isLast = step.position === subject.blueprint.changes.length - 1;
  const status =
    step.status === "succeeded" || (step.status === "failed" && !isLast)
      ? "succeeded"
      : step.status === "failed"
        ? "failed"
        : step.position === 0
          ? "waiting"
          : "pending";
  const started = status === "pending" ? null : step.start;
  const finished = status === "succeeded" || status === "failed" ? step.start + step.share * 0.97 : null;
  const id = newId("step");
  tables.add("step", {
    id,
    run_id: runId,
    position: step.position,
    component: step.component,
    action: step.action,
    cloud_id: step.cloudId,
    depends_on: step.dependsOn,
    status,
    attempts: status === "failed" ? 3 : status === "pending" ? 0 : 1,
    input: step.input,
    token: status === "waiting" ? { simulated: true } : null,
    error: status === "failed" ? { kind: "permanent", ...failureOf() } : null,
    started_at: iso(started),
    finished_at: iso(finished),
    next_attempt_at: status === "waiting" ? iso(step.start + 365 * dayMs) : null,
  });
  if (started === null) return;
  for (const [index, text] of logLines(step.component, status, subject).entries()) {
    tables.add("step_log", {
      run_id: runId,
      step_id: id,
      at: iso(started + (index + 1) * (step.share / 6)),
      text,
    });
  }
}

function logLines(component: string, status: string, subject: DemoSubject): string[] {
  const host = `${subject.scenario.name}-${component}.demo.example`;
  const lines = [
    `Requesting ${component} from the demo cloud`,
    `Accepted as sim-${subject.scenario.name}-${component}`,
  ];
  if (status === "waiting") return [...lines, "Waiting for the demo cloud"];
  if (status === "failed") return [...lines, `https://${host} returns HTTP 502`, failureOf().message];
  return [...lines, `Listening on ${host}`, "Health check passed"];
}
