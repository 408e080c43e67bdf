import { stepsOf } from "@/lib/engine/plan";
import { newId } from "@/lib/kernel/ids";
import type { HistoryContext } from "./context";
import { type DemoSubject, iso } from "./environment";
import { addRequest } from "./requests";
import { addStep } from "./runs";

const dayMs = 86_400_000;
/** How long the environment that is being healed has been unhealthy. */
export const healingForMs = 4 * 60_000;

/** The restart by which Rostrum heals a component, under way: shown like that, as the one creation that is under way. */
export function addHealing(context: HistoryContext, subject: DemoSubject): void {
  const change = subject.blueprint.changes.at(-1);
  if (subject.scenario.state !== "healing" || !change) return;
  const { tables, now } = context;
  const at = now - healingForMs + 8_000;
  const [requestId, runId] = [newId("request"), newId("run")];
  const restart = {
    ...change,
    action: "restart" as const,
    disruptive: true,
    reason: "Health check failed 3 times: connection refused",
    dependsOn: [],
    before: { size: change.size, replicas: change.replicas },
  };
  const planId = addRequest(context, subject, {
    ...{
      requestId,
      runId,
      kind: "heal",
      origin: "system",
      status: "running",
      reason: restart.reason,
      message: "",
    },
    payload: {
      kind: "heal",
      environment: subject.id,
      component: restart.component,
      how: "restart",
      reason: restart.reason,
    },
    ...{ changes: [restart], verdicts: [], lease: null, askedAt: at, decidedAt: at, finishedAt: null },
  });
  tables.add("run", {
    ...{ id: runId, environment_id: subject.id, request_id: requestId, plan_id: planId, kind: "heal" },
    ...{ status: "parked", fence: 1, wake_at: iso(now + 365 * dayMs), context: {}, error: null },
    ...{ created_at: iso(at), started_at: iso(at + 30), finished_at: null },
  });
  for (const [position, step] of stepsOf([restart]).entries()) {
    addStep(context, subject, runId, { ...step, position, start: at + 40, share: 20_000, status: "parked" });
  }
}
