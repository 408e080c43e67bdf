import { Decimal } from "decimal.js";
import { type PlanChange, planDigest, stepsOf } from "@/lib/engine/plan";
import { decisiveEffect, judge } from "@/lib/features/policies";
import { newId } from "@/lib/kernel/ids";
import { type DemoSubject, iso } from "./environment";
import type { Organisation, ProjectLimits } from "./organisation";
import { demoProjects, type ProjectKey } from "./people";
import type { DemoTables } from "./tables";

export interface HistoryContext {
  tables: DemoTables;
  organisation: Organisation;
  limits: Record<ProjectKey, ProjectLimits>;
  now: number;
}

const dayMs = 86_400_000;

/** What the built-in policies say to a demo creation; the same rules as for everybody. */
export function verdictsOf(subject: DemoSubject, limits: ProjectLimits) {
  const project = demoProjects.find((one) => one.slug === subject.scenario.project);
  const { cost, blueprint } = subject;
  return judge({
    kind: "create",
    currency: cost.currency,
    monthlyAfter: cost.monthly === null ? null : new Decimal(cost.monthly),
    monthlyBefore: new Decimal(0),
    approvalLimit: limits.approvalLimit === null ? null : new Decimal(limits.approvalLimit),
    budget: null,
    leaseDays: blueprint.leaseDays,
    maxLeaseDays: project?.maxLeaseDays ?? null,
    unpriced: cost.unpriced,
  });
}

/** The request that made the environment, its plan, its decision and its run. Answers the request's id. */
export function addCreation(context: HistoryContext, subject: DemoSubject): string {
  const { scenario, times, blueprint } = subject;
  const verdicts = verdictsOf(subject, context.limits[scenario.project]);
  const approved = decisiveEffect(verdicts) === "require_approval" || scenario.state === "rejected";
  const requestId = newId("request");
  const runs = times.decidedAt !== null && scenario.state !== "rejected";
  const runId = runs ? newId("run") : null;
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
    message: scenario.state === "failed" ? failureOf(subject).message : "",
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

interface RequestInput {
  requestId: string;
  runId: string | null;
  kind: "create" | "stop" | "extend" | "destroy";
  origin: "user" | "system";
  status: string;
  reason: string;
  message: string;
  payload: object;
  changes: PlanChange[];
  verdicts: unknown[];
  lease: { days: number; endsAt: string } | null;
  askedAt: number;
  decidedAt: number | null;
  finishedAt: number | null;
}

/** A request with its plan; answers the plan's id. */
function addRequest({ tables, organisation }: HistoryContext, subject: DemoSubject, input: RequestInput): string {
  const { scenario, blueprint, cost, id } = subject;
  const planId = newId("plan");
  const baseGeneration = input.kind === "create" ? 0 : 1;
  const projectId = organisation.projects[scenario.project].id;
  tables.add("request", {
    id: input.requestId,
    kind: input.kind,
    origin: input.origin,
    requester_id: input.origin === "system" ? null : organisation.people[scenario.owner].id,
    project_id: projectId,
    environment_id: id,
    payload: input.payload,
    reason: input.reason,
    status: input.status,
    plan_id: planId,
    run_id: input.runId,
    message: input.message,
    created_at: iso(input.askedAt),
    decided_at: iso(input.decidedAt),
    finished_at: iso(input.status === "rejected" ? input.decidedAt : input.finishedAt),
    expires_at: input.status === "pending_approval" ? iso(input.askedAt + 14 * dayMs) : null,
  });
  const planned = {
    kind: input.kind,
    templateVersionId: blueprint.version.id,
    baseGeneration,
    parameters: blueprint.parameters,
    changes: input.changes,
    cost,
    verdicts: input.verdicts,
    lease: input.lease?.days ?? null,
  };
  const environmentId = input.kind === "create" ? `${projectId}/${scenario.name}` : id;
  tables.add("plan", {
    id: planId,
    request_id: input.requestId,
    environment_id: id,
    template_version_id: blueprint.version.id,
    base_generation: baseGeneration,
    digest: planDigest({ environmentId, ...planned }),
    parameters: blueprint.parameters,
    changes: input.changes,
    cost: { ...cost, lease: input.lease, placement: blueprint.placement, reasons: placementReasons(organisation) },
    verdicts: input.verdicts,
    created_at: iso(input.askedAt),
  });
  return planId;
}

function placementReasons({ cloud }: Organisation) {
  return [{ cloud: cloud.title, chosen: true, reason: "was asked for by name" }];
}

const approvalReasons = ["Fits the plan for this quarter.", "Agreed in the weekly.", "Fine until the lease ends.", ""];

function addApproval({ tables, organisation }: HistoryContext, subject: DemoSubject, requestId: string, planId: string) {
  const { scenario, times } = subject;
  const rejected = scenario.state === "rejected";
  const plan = tables.of("plan").find((row) => row.id === planId);
  tables.add("approval", {
    id: newId("approval"),
    request_id: requestId,
    plan_id: planId,
    plan_digest: plan?.digest,
    approver_id: organisation.people.approver.id,
    decision: rejected ? "reject" : "approve",
    reason: rejected
      ? "Too large for what we want to learn. Please measure with the Team size first."
      : approvalReasons[scenario.name.length % approvalReasons.length],
    created_at: iso(times.decidedAt),
  });
}

function addReservation({ tables, organisation }: HistoryContext, subject: DemoSubject, requestId: string): void {
  const { scenario, blueprint, cost, times } = subject;
  const held = blueprint.components.map(({ resolved: { view } }) => view);
  const gone = scenario.state === "rejected" || scenario.state === "destroyed";
  const state = gone ? "released" : scenario.state === "waiting" ? "reserved" : "converted";
  tables.add("reservation", {
    id: newId("reservation"),
    project_id: organisation.projects[scenario.project].id,
    environment_id: subject.id,
    request_id: requestId,
    state,
    cpu: held.reduce((sum, view) => sum + view.size.cpu * view.replicas, 0),
    memory_bytes: Math.round(held.reduce((sum, view) => sum + view.size.memoryBytes * view.replicas, 0)),
    storage_bytes: Math.round(held.reduce((sum, view) => sum + view.size.storageBytes, 0)),
    environments: 1,
    monthly_cost: cost.monthly ?? "0",
    created_at: iso(times.askedAt),
    settled_at: iso(gone ? (times.endedAt ?? times.decidedAt) : times.decidedAt),
  });
}

interface RunIds {
  requestId: string;
  planId: string;
  runId: string;
}

/** What went wrong in the environments that show a failure. */
export function failureOf({ scenario }: DemoSubject): { message: string; hint: string } {
  return {
    message: `${scenario.name}: the acceptance check "The page answers" did not pass within 90 s (status 502).`,
    hint: "Look at the component's log, then resume from this step or roll back.",
  };
}

function addCreateRun(context: HistoryContext, subject: DemoSubject, ids: RunIds): void {
  const { scenario, times } = subject;
  const { tables, now } = context;
  const start = times.decidedAt ?? now;
  const status = scenario.state === "failed" ? "failed" : times.readyAt === null ? "parked" : "succeeded";
  const finishedAt = status === "failed" ? start + 94_000 : times.readyAt;
  const failure = failureOf(subject);
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
    addStep(context, subject, ids.runId, { ...step, position, start: start + 40 + share * position, share, status });
  }
}

function addStep(
  { tables }: HistoryContext,
  subject: DemoSubject,
  runId: string,
  step: ReturnType<typeof stepsOf>[number] & { position: number; start: number; share: number; status: string },
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
    error: status === "failed" ? { kind: "permanent", ...failureOf(subject) } : null,
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
  const lines = [`Asking the demo cloud for ${component}`, `Accepted as sim-${subject.scenario.name}-${component}`];
  if (status === "waiting") return [...lines, "Waiting for the demo cloud"];
  if (status === "failed") return [...lines, `https://${host} answers 502`, failureOf(subject).message];
  return [...lines, `Listening at ${host}`, "Health check passed"];
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
    const reason = system ? "The lease ended" : "Not needed over the weekend";
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
  const action = kind === "destroy" ? ("delete" as const) : kind === "stop" ? ("stop" as const) : ("no-op" as const);
  const changes = subject.blueprint.changes.map((change) => ({
    ...change,
    action,
    disruptive: kind !== "extend",
    reason: { stop: "is stopped; its data stays", extend: "the lease is extended", destroy: "destroyed" }[kind],
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
    addStep(context, subject, runId, { ...step, position, start: at + 30 + position * 3_000, share: 3_000, status: "succeeded" });
  }
}
