import { type PlanChange, planDigest } from "@/lib/engine/plan";
import type { Verdict } from "@/lib/features/policies/schema";
import { planBody } from "@/lib/features/requests";
import { newId } from "@/lib/kernel/ids";
import type { HistoryContext } from "./context";
import { type DemoSubject, iso } from "./environment";
import type { Organization } from "./organization";

const dayMs = 86_400_000;

export interface RequestInput {
  requestId: string;
  runId: string | null;
  kind: "create" | "stop" | "extend" | "destroy" | "heal";
  origin: "user" | "system";
  status: string;
  reason: string;
  message: string;
  payload: object;
  changes: PlanChange[];
  verdicts: Verdict[];
  lease: { days: number; endsAt: string } | null;
  askedAt: number;
  decidedAt: number | null;
  finishedAt: number | null;
}

/** A request with its plan; answers the plan's id. */
export function addRequest(
  { tables, organization }: HistoryContext,
  subject: DemoSubject,
  input: RequestInput,
): string {
  const { scenario, blueprint, cost, id } = subject;
  const planId = newId("plan");
  const baseGeneration = input.kind === "create" ? 0 : 1;
  const projectId = organization.projects[scenario.project].id;
  tables.add("request", {
    id: input.requestId,
    kind: input.kind,
    origin: input.origin,
    requester_id: input.origin === "system" ? null : organization.people[scenario.owner].id,
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
  const plan = {
    parameters: blueprint.parameters,
    changes: input.changes,
    cost,
    lease: input.lease,
    placement: blueprint.placement,
    reasons: placementReasons(organization),
    verdicts: input.verdicts,
    losses: [],
  };
  const body = planBody({
    ...plan,
    ...{ kind: input.kind, templateVersionId: blueprint.version.id, baseGeneration, context: {} },
    ...{ projectId, environmentId: id, environmentName: scenario.name },
  });
  tables.add("plan", {
    id: planId,
    request_id: input.requestId,
    environment_id: id,
    template_version_id: blueprint.version.id,
    base_generation: baseGeneration,
    digest: planDigest(body),
    ...plan,
    created_at: iso(input.askedAt),
  });
  return planId;
}

function placementReasons({ cloud }: Organization) {
  return [{ cloud: cloud.title, chosen: true, reason: "requested by name" }];
}

const approvalReasons = [
  "Fits the plan for this quarter.",
  "Approved in the weekly review.",
  "Approved for the requested period.",
  "",
];

export function addApproval(
  { tables, organization }: HistoryContext,
  subject: DemoSubject,
  requestId: string,
  planId: string,
) {
  const { scenario, times } = subject;
  const rejected = scenario.state === "rejected";
  const plan = tables.of("plan").find((row) => row.id === planId);
  tables.add("approval", {
    id: newId("approval"),
    request_id: requestId,
    plan_id: planId,
    plan_digest: plan?.digest,
    approver_id: organization.people.approver.id,
    decision: rejected ? "reject" : "approve",
    reason: rejected
      ? "Please start with the Team size and scale up if the results justify it."
      : approvalReasons[scenario.name.length % approvalReasons.length],
    created_at: iso(times.decidedAt),
  });
}

export function addReservation(
  { tables, organization }: HistoryContext,
  subject: DemoSubject,
  requestId: string,
): void {
  const { scenario, blueprint, cost, times } = subject;
  const held = blueprint.components.map(({ resolved: { view } }) => view);
  const gone = scenario.state === "rejected" || scenario.state === "destroyed";
  const state = gone ? "released" : scenario.state === "waiting" ? "reserved" : "converted";
  tables.add("reservation", {
    id: newId("reservation"),
    project_id: organization.projects[scenario.project].id,
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
