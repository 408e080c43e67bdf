import { Decimal } from "decimal.js";
import { loadVersionByName } from "@/lib/features/catalog";
import { findBudget } from "@/lib/features/projects";
import { committedMonthly, quotaUse, reservedBy } from "@/lib/features/quotas";
import {
  countWaiting,
  type DecisionScope,
  decidableProjects,
  getRequest,
  listDecisions,
  listQueue,
  presetPrices,
  readRequesterFacts,
} from "@/lib/features/requests";
import type { RequestDetail } from "@/lib/features/requests/schema";
import { type Actor, can, visibleProjects } from "@/lib/platform/auth";
import { pooled } from "@/lib/platform/db";
import { cheaperAlternatives } from "./alternatives";
import type { Alternative, ApprovalCase, DecidedItem, RequesterFacts } from "./schema";

const scopeOf = (actor: Actor): DecisionScope => ({
  userId: actor.userId,
  projectIds: can(actor, "request.decide") ? null : decidableProjects(actor),
});

/** How many requests wait for a decision the actor may make. */
export async function countWaitingApprovals(actor: Actor): Promise<number> {
  const scope = scopeOf(actor);
  return scope.projectIds?.length === 0 ? 0 : await countWaiting(scope);
}

/** Decisions of the projects the actor sees, newest first. */
export async function listDecided(actor: Actor, limit: number): Promise<DecidedItem[]> {
  const visible = visibleProjects(actor, "request.read");
  const rows = await listDecisions(visible === "all" ? null : visible, limit);
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/**
 * A request with all that a decision needs: the person, the money, the room, and what would cost less.
 * @throws AppError not_found
 */
export async function getApprovalCase(actor: Actor, requestId: string): Promise<ApprovalCase> {
  const request = await getRequest(actor, requestId);
  const waiting = request.status === "pending_approval";
  const [facts, committed, requester, alternatives, queue] = await Promise.all([
    projectFacts(request),
    committedMonthly(request.project.id),
    request.requester ? requesterFacts(request, request.requester) : null,
    waiting ? alternativesOf(request) : [],
    queueOf(actor, requestId),
  ]);
  // A waiting request is reserved already: what is used without it is the whole minus its own part.
  const own = facts.reserved;
  const quota = await quotaUse(pooled, request.project.id, {
    cpu: own.cpu,
    memoryBytes: own.memoryBytes,
    storageBytes: own.storageBytes,
    environments: own.environments,
    monthlyCost: "0",
  });
  const counted = new Decimal(Decimal.max(own.monthlyCost, 0));
  return {
    request,
    costCenter: { code: facts.code, name: facts.costCenter },
    requester,
    budget:
      facts.budget === null
        ? null
        : {
            monthly: facts.budget,
            before: new Decimal(committed).minus(counted).toFixed(2),
            after: new Decimal(committed).minus(counted).plus(own.monthlyCost).toFixed(2),
          },
    quota: quota.map((use) => ({ ...use, used: use.used - Math.max(0, use.added) })),
    alternatives,
    queue,
  };
}

/** Who pays for the project, its budget, and what the request holds while it waits. */
async function projectFacts(request: RequestDetail) {
  const [budget, reserved] = await Promise.all([
    findBudget(request.project.id),
    reservedBy(pooled, request.id),
  ]);
  if (!budget) throw new Error(`The project of request ${request.id} is gone.`);
  return { ...budget, reserved };
}

async function requesterFacts(
  request: RequestDetail,
  person: { id: string; name: string },
): Promise<RequesterFacts> {
  const facts = await readRequesterFacts({
    userId: person.id,
    projectId: request.project.id,
    before: new Date(request.createdAt),
    environmentId: request.environmentId,
  });
  return { ...person, ...facts };
}

async function alternativesOf(request: RequestDetail): Promise<Alternative[]> {
  const monthly = request.plan?.cost.monthly;
  if (!monthly || (request.kind !== "create" && request.kind !== "update")) return [];
  const version = await loadVersionByName(request.template.name, request.template.version);
  const prices = await presetPrices(version);
  const titles = new Map(version.manifest.spec.presets.map((preset) => [preset.name, preset.title]));
  const comparable = prices.filter((price) => price.currency === request.currency && price.preset !== "");
  return cheaperAlternatives({
    monthly,
    currency: request.currency,
    leaseDays: request.plan?.lease?.days ?? null,
    presets: comparable.map((price) => ({
      name: price.preset,
      title: titles.get(price.preset),
      monthly: price.monthly,
    })),
  });
}

async function queueOf(actor: Actor, requestId: string): Promise<ApprovalCase["queue"]> {
  const rows = await listQueue(scopeOf(actor), requestId);
  const own = rows.find((row) => row.id === requestId);
  return {
    position: own?.position ?? 0,
    total: rows[0]?.total ?? 0,
    nextId: rows.find((row) => row.id !== requestId)?.id ?? null,
  };
}
