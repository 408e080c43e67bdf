import { z } from "zod";
import { listSecretParameters } from "@/lib/features/environments";
import { AppError, notFound } from "@/lib/kernel/errors";
import { can } from "@/lib/kernel/permissions";
import { type Actor, requirePermission, visibleProjects } from "@/lib/platform/auth";
import { decodeCursor, type Page, sortKeys, toPage } from "@/lib/platform/http/page";
import { findApprovers } from "./approvers";
import type { RequestDetail, RequestKind, RequestSort, RequestStatus, RequestSummary } from "./schema";
import { listRequestSecrets } from "./store";
import { listApprovals } from "./store-decisions";
import {
  countRequestRows,
  findRequestRow,
  listRequestRows,
  type RequestConditions,
  type RequestRow,
} from "./store-lists";
import { readPlan, type StoredPlan } from "./store-plan";

/** Which requests. */
export interface RequestChoice {
  q?: string | undefined;
  status?: RequestStatus | undefined;
  kind?: RequestKind | undefined;
  origin?: "user" | "system" | undefined;
  project?: string | undefined;
  environment?: string | undefined;
  /** Only the actor's own. */
  mine?: boolean | undefined;
  /** Only those the actor could decide now. */
  decidable?: boolean | undefined;
}

/** Which requests, in which order, and from where on. */
export interface RequestFilter extends RequestChoice {
  /** By when it was asked, unless said otherwise. */
  sort?: RequestSort | undefined;
  /** Left out, each sort has its own: newest, A to Z, dearest first. */
  direction?: "asc" | "desc" | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Per sort: the type of its value (a cursor carries it as text), and its own direction. */
const sorts: Record<RequestSort, { type: keyof typeof sortKeys; down: boolean }> = {
  created: { type: "timestamptz", down: true },
  name: { type: "text", down: false },
  cost: { type: "numeric", down: true },
};

/** How many requests a list of these would show; `most` stands for that many or more. */
export async function countRequests(actor: Actor, filter: RequestChoice, most: number): Promise<number> {
  return await countRequestRows(conditionsOf(actor, filter), most);
}

function conditionsOf(actor: Actor, filter: RequestChoice): RequestConditions {
  const decides = can(actor, "request.decide") ? "all" : decidableProjects(actor);
  return {
    visible: visibleProjects(actor),
    words: filter.q,
    status: filter.status,
    kind: filter.kind,
    origin: filter.origin,
    project: filter.project,
    environment: filter.environment,
    requesterId: filter.mine ? actor.userId : undefined,
    decidable: filter.decidable ? { userId: actor.userId, projects: decides } : undefined,
  };
}

/** Requests the actor may see, keyset-paged. */
export async function listRequests(actor: Actor, filter: RequestFilter): Promise<Page<RequestSummary>> {
  const { sort = "created" } = filter;
  const { type, down: ownWay } = sorts[sort];
  const rows = await listRequestRows(conditionsOf(actor, filter), {
    sort,
    down: filter.direction ? filter.direction === "desc" : ownWay,
    cursor: decodeCursor(filter.cursor, z.object({ key: sortKeys[type], id: z.string() })) ?? null,
    limit: filter.limit + 1,
  });
  return toPage(rows, filter.limit, (row) => ({ key: row.sortKey, id: row.id }), toSummary);
}

/** Projects in which the actor decides about requests by their role there. */
export function decidableProjects(actor: Actor): string[] {
  return [...actor.projects.keys()].filter((projectId) => can(actor, "request.decide", { projectId }));
}

/**
 * A request with its plan, verdicts and decisions.
 * @throws AppError not_found
 */
export async function getRequest(actor: Actor, requestId: string): Promise<RequestDetail> {
  const row = await findRequestRow(requestId);
  if (!row) throw notFound("The request");
  requirePermission(actor, "request.read", {
    projectId: row.projectId,
    what: "The request",
    objectType: "request",
    objectId: requestId,
  });
  const waiting = row.status === "pending_approval";
  const [plan, decisions, secretNames, secretParameters, approvers] = await Promise.all([
    row.planId ? readablePlan(row.planId) : null,
    listDecisions(requestId),
    listSecretParameters(row.environmentId),
    listRequestSecrets(requestId),
    waiting ? findApprovers(row) : null,
  ]);
  // A plan is never altered: one from before a parameter was secret still holds its value.
  const parameters = Object.entries(plan?.parameters ?? {}).filter(([name]) => !secretNames.has(name));
  const own = actor.userId !== null && actor.userId === row.requesterId;
  const mayDecide = can(actor, "request.decide", { projectId: row.projectId });
  return {
    ...toSummary(row),
    plan: plan
      ? {
          digest: plan.digest,
          changes: plan.changes,
          cost: plan.cost,
          lease: plan.lease,
          placement: plan.reasons,
          losses: plan.losses ?? [],
        }
      : null,
    verdicts: plan?.verdicts ?? [],
    parameters: Object.fromEntries(parameters),
    secretParameters,
    decisions,
    can: {
      decide: waiting && mayDecide && !own,
      cancel:
        (waiting || row.status === "running") && can(actor, "request.cancel", { projectId: row.projectId }),
      repeat:
        row.kind === "create" &&
        ["rejected", "cancelled", "expired", "failed"].includes(row.status) &&
        can(actor, "environment.request", { projectId: row.projectId }),
    },
    cannotDecideBecause: !waiting
      ? null
      : own
        ? "You can’t approve your own request."
        : mayDecide
          ? null
          : "You need the approver role in this project.",
    approvers,
    stale: waiting && plan !== null && plan.baseGeneration !== row.generation,
  };
}

async function listDecisions(requestId: string): Promise<RequestDetail["decisions"]> {
  const rows = await listApprovals(requestId);
  return rows.map((row) => ({ ...row, approver: row.approver ?? "CLI", at: row.at.toISOString() }));
}

function toSummary(row: RequestRow): RequestSummary {
  return {
    id: row.id,
    kind: row.kind,
    origin: row.origin,
    status: row.status,
    environmentId: row.environmentId,
    environmentName: row.environmentName,
    project: { id: row.projectId, slug: row.projectSlug, name: row.projectName },
    requester: row.requesterId ? { id: row.requesterId, name: row.requesterName ?? row.requesterId } : null,
    template: { name: row.templateName, title: row.templateTitle, version: row.version },
    reason: row.reason,
    message: row.message,
    monthly: row.monthly,
    currency: row.currency,
    runId: row.runId,
    createdAt: row.createdAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
  };
}

/** A damaged plan takes nothing else of its request away. It can’t be approved; a new plan replaces it. */
async function readablePlan(planId: string): Promise<StoredPlan | null> {
  return await readPlan(planId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "conflict") return null;
    throw error;
  });
}
