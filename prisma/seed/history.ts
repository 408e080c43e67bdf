import { Decimal } from "decimal.js";
import { stepsOf } from "@/lib/engine/plan";
import { decisiveEffect, judge } from "@/lib/features/policies";
import { newId } from "@/lib/kernel/ids";
import type { HistoryContext } from "./context";
import { type DemoSubject, iso } from "./environment";
import type { ProjectLimits } from "./organization";
import { demoProjects } from "./people";
import { addApproval, addRequest, addReservation } from "./requests";
import { addCreateRun, addStep, failureOf } from "./runs";

const dayMs = 86_400_000;

/** What the built-in policies say to a demo creation; the same rules as for everybody. */
export function verdictsOf(
  subject: Pick<DemoSubject, "scenario" | "cost" | "blueprint">,
  limits: ProjectLimits,
) {
  const project = demoProjects.find((one) => one.slug === subject.scenario.project);
  const { cost, blueprint } = subject;
  return judge({
    raisesCost: true,
    currency: cost.currency,
    monthlyAfter: cost.monthly === null ? null : new Decimal(cost.monthly),
    monthlyBefore: new Decimal(0),
    approvalLimit: limits.approvalLimit === null ? null : new Decimal(limits.approvalLimit),
    budget: null,
    leaseDays: blueprint.leaseDays,
    maxLeaseDays: project?.maxLeaseDays ?? null,
    unpriced: cost.unpriced,
    lostData: null,
    warnings: [],
    losses: [],
    wasReady: false,
  });
}

/** The request that made the environment, its plan, its decision and its run. Answers the request's id. */
export function addCreation(context: HistoryContext, subject: DemoSubject): string {
  const { scenario, times, blueprint } = subject;
  const verdicts = verdictsOf(subject, context.limits[scenario.project]);
  const approved = decisiveEffect(verdicts) === "require_approval" || scenario.state === "rejected";
  const requestId = newId("request");
  const runs = times.decidedAt !== null && scenario.state !== "rejected";
  const runId = runs ? subject.runId : null;
  const lease = {
    days: blueprint.leaseDays,
    endsAt: new Date(times.askedAt + blueprint.leaseDays * dayMs).toISOString(),
  };
  const planId = addRequest(context, subject, {
    requestId,
    runId,
    kind: "create",
    origin: "user",
    status: requestStatus(subject),
    reason: scenario.reason,
    message: scenario.state === "failed" ? failureOf().message : "",
    payload: {
      kind: "create",
      project: scenario.project,
      template: blueprint.version.name,
      name: scenario.name,
      leaseDays: blueprint.leaseDays,
      parameters: blueprint.parameters,
    },
    changes: blueprint.changes,
    verdicts,
    lease,
    askedAt: times.askedAt,
    decidedAt: times.decidedAt,
    finishedAt: scenario.state === "failed" ? (times.decidedAt ?? 0) + 94_000 : times.readyAt,
  });
  if (approved && times.decidedAt !== null) addApproval(context, subject, requestId, planId);
  addReservation(context, subject, requestId);
  if (runId) addCreateRun(context, subject, { requestId, planId, runId });
  return requestId;
}

function requestStatus({ scenario, times }: DemoSubject): string {
  if (scenario.state === "waiting") return "pending_approval";
  if (scenario.state === "rejected" || scenario.state === "failed") return scenario.state;
  return times.readyAt === null ? "running" : "succeeded";
}

/** Later changes: leases that were extended, environments that were stopped or torn down. */
export function addLaterChanges(context: HistoryContext, subject: DemoSubject): void {
  const { scenario, times } = subject;
  if (scenario.state === "running" && scenario.ageDays > 30 && times.leaseEndsAt !== null) {
    const days = Math.max(1, Math.round((times.leaseEndsAt - context.now) / dayMs) + 9);
    addOperation(context, subject, {
      kind: "extend",
      at: context.now - 9 * dayMs,
      reason: "Still needed",
      lease: { days, endsAt: new Date(times.leaseEndsAt).toISOString() },
    });
  }
  if (times.endedAt === null) return;
  if (scenario.state === "destroyed") {
    addOperation(context, subject, { kind: "destroy", at: times.endedAt, reason: "No longer needed" });
  } else {
    const system = scenario.state === "grace";
    const reason = system ? "Lease expired" : "Not needed over the weekend";
    addOperation(context, subject, { kind: "stop", at: times.endedAt, reason, system });
  }
}

interface Operation {
  kind: "stop" | "extend" | "destroy";
  at: number;
  reason: string;
  system?: boolean;
  lease?: { days: number; endsAt: string };
}

function addOperation(context: HistoryContext, subject: DemoSubject, operation: Operation): void {
  const { kind, at } = operation;
  const action =
    kind === "destroy" ? ("delete" as const) : kind === "stop" ? ("stop" as const) : ("no-op" as const);
  const changes = subject.blueprint.changes.map((change) => ({
    ...change,
    action,
    disruptive: kind !== "extend",
    reason: { stop: "stops; data is kept", extend: "lease is extended", destroy: "destroyed" }[kind],
    before: { size: change.size, replicas: change.replicas },
  }));
  const requestId = newId("request");
  const runId = newId("run");
  const steps = stepsOf(changes);
  const finishedAt = at + 400 + steps.length * 3_000;
  const planId = addRequest(context, subject, {
    requestId,
    runId,
    kind,
    origin: operation.system ? "system" : "user",
    status: "succeeded",
    reason: operation.reason,
    message: "",
    payload: { kind, environment: subject.id },
    changes,
    verdicts: [],
    lease: operation.lease ?? null,
    askedAt: at,
    decidedAt: at,
    finishedAt,
  });
  context.tables.add("run", {
    id: runId,
    environment_id: subject.id,
    request_id: requestId,
    plan_id: planId,
    kind,
    status: "succeeded",
    fence: 1,
    wake_at: null,
    context: {},
    error: null,
    created_at: iso(at),
    started_at: iso(at + 30),
    finished_at: iso(finishedAt),
  });
  for (const [position, step] of steps.entries()) {
    addStep(context, subject, runId, {
      ...step,
      position,
      start: at + 30 + position * 3_000,
      share: 3_000,
      status: "succeeded",
    });
  }
}
