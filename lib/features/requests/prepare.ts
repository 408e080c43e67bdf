import { Decimal } from "decimal.js";
import type { PlacementReason } from "@/lib/clouds/placement";
import { formPages } from "@/lib/engine/parameters";
import type { PlanChange } from "@/lib/engine/plan";
import { type LoadedVersion, requireUploads } from "@/lib/features/catalog";
import { decisiveEffect, judge } from "@/lib/features/policies";
import type { Verdict } from "@/lib/features/policies/schema";
import type { ProjectLimits } from "@/lib/features/projects";
import {
  committedMonthly,
  heldByEnvironment,
  nothing,
  type QuotaDelta,
  quotaProblems,
  quotaUse,
} from "@/lib/features/quotas";
import type { QuotaUse } from "@/lib/features/quotas/schema";
import type { Actor } from "@/lib/platform/auth";
import { pooled } from "@/lib/platform/db";
import { contextOf } from "./context";
import { costOf } from "./cost";
import { type Draft, draftChange, draftCreate } from "./drafts";
import { findLosses } from "./losses";
import { operationOf } from "./operations";
import { planBody } from "./plan-body";
import { digestWithSecrets } from "./plan-secrets";
import { lossSentence } from "./repair-changes";
import type { Loss, PlanCost, PreviewDto, SystemRequestBody } from "./schema";

/** A request worked out: everything that is stored when it is submitted. */
export interface Prepared {
  body: SystemRequestBody;
  project: ProjectLimits;
  environmentId: string;
  environmentName: string;
  version: LoadedVersion;
  baseGeneration: number;
  /** Without secret values. */
  parameters: Record<string, unknown>;
  secretParameters: Record<string, unknown>;
  placement: Draft["placement"];
  changes: PlanChange[];
  cost: PlanCost;
  lease: { days: number; endsAt: string } | null;
  verdicts: Verdict[];
  delta: QuotaDelta;
  quota: QuotaUse[];
  reasons: PlacementReason[];
  /** What the change deletes. */
  losses: Loss[];
  /** Version and parameters of what is there before the change, for what backs it up. */
  previous: { version: string; parameters: Record<string, unknown> } | null;
  /** Ids of the uploads that the parameters name. */
  uploads: string[];
  digest: string;
}

export interface PrepareOptions {
  nowMs?: number;
  /** The waiting request that is planned again: what it reserved does not count beside itself. */
  again?: { requestId: string; environmentId: string };
}

/**
 * Resolves, places, plans, prices and judges a request. Writes nothing.
 * @throws AppError not_found, validation_failed, no_placement, conflict
 */
export async function prepareRequest(
  actor: Actor,
  body: SystemRequestBody,
  { nowMs = Date.now(), again }: PrepareOptions = {},
): Promise<Prepared> {
  const draft =
    body.kind === "create"
      ? await draftCreate(actor, body, again?.environmentId)
      : await draftChange(actor, body);
  const uploads = await uploadsOf(actor, draft);
  const lease = leaseOf(draft, nowMs);
  const cost = await costOf(draft, lease, nowMs);
  const delta = await deltaOf(draft, cost);
  const losses = await findLosses({
    kind: body.kind,
    context: draft.context,
    changes: draft.changes,
    manifest: draft.version.manifest,
    wantsCopy: wantsCopy(draft, body),
  });
  const [quota, committed] = await Promise.all([
    quotaUse(pooled, draft.project.id, delta, again?.requestId),
    draft.project.budgetMonthly === null ? null : committedMonthly(draft.project.id, again?.requestId),
  ]);
  const verdicts = judge({
    raisesCost: operationOf(body.kind).raisesCost,
    currency: draft.project.currency,
    monthlyAfter: decimal(cost.monthly),
    monthlyBefore: decimal(cost.monthlyBefore),
    approvalLimit: decimal(draft.project.approvalLimit),
    budget:
      draft.project.budgetMonthly !== null && committed !== null
        ? { monthly: new Decimal(draft.project.budgetMonthly), committed: new Decimal(committed) }
        : null,
    leaseDays: lease?.days ?? null,
    maxLeaseDays: draft.maxLeaseDays,
    unpriced: cost.unpriced,
    lostData: body.kind === "repair" ? draft.changes.flatMap(lossSentence) : null,
    warnings: draft.warnings,
    losses: losses.filter((one) => one.kind === "data"),
    wasReady: draft.context?.row.readyAt != null,
  });
  const signed = {
    ...draft,
    ...{ kind: body.kind, projectId: draft.project.id, templateVersionId: draft.version.id },
    ...{ cost, verdicts, lease, losses, context: contextOf(body) },
  };
  const digest = digestWithSecrets(planBody(signed), draft.secretParameters);
  const { context, origin: _origin, ...planned } = draft;
  const previous = context && { version: context.version.id, parameters: context.row.parameters };
  return { ...planned, body, cost, lease, verdicts, delta, quota, uploads, losses, previous, digest };
}

/** What never ran holds nothing to keep, and a broken creation must not be kept from its end by a copy that fails. */
function wantsCopy(draft: Draft, body: SystemRequestBody): boolean {
  if ("safetyBackup" in body && body.safetyBackup === false) return false;
  return body.kind !== "destroy" || draft.context?.row.readyAt != null;
}

/** A prepared request as POST /plans answers it. */
export function toPreview(prepared: Prepared): PreviewDto {
  const overQuota = quotaProblems(prepared.quota);
  const effect = decisiveEffect(prepared.verdicts);
  const outcome =
    effect === "deny"
      ? "denied"
      : overQuota.length > 0
        ? "over_quota"
        : effect === "require_approval"
          ? "needs_approval"
          : "starts";
  const plan = planDto(prepared);
  return {
    ...plan,
    plan,
    verdicts: prepared.verdicts,
    quota: prepared.quota,
    outcome,
    problems: [
      ...prepared.verdicts.filter((one) => one.effect === "deny").map((one) => one.reason),
      ...overQuota,
    ],
  };
}

export function planDto(prepared: Prepared): PreviewDto["plan"] {
  return {
    digest: prepared.digest,
    changes: prepared.changes,
    cost: prepared.cost,
    lease: prepared.lease,
    placement: prepared.reasons,
    losses: prepared.losses,
  };
}

/** Only what sets parameters is checked: an environment that runs may be stopped, healed and destroyed as it is. */
async function uploadsOf(actor: Actor, draft: Draft): Promise<string[]> {
  if (!operationOf(draft.kind).setsParameters) return [];
  return await requireUploads(actor, {
    projectId: draft.project.id,
    environmentId: draft.environmentId,
    parameters: { ...draft.parameters, ...draft.secretParameters },
    uploadFields: formPages(draft.version.manifest).flatMap(({ fields }) =>
      fields.flatMap(({ name, widget }) => (widget === "upload" ? name : [])),
    ),
  });
}

function leaseOf(draft: Draft, nowMs: number): { days: number; endsAt: string } | null {
  if (draft.leaseDays === null) return null;
  return { days: draft.leaseDays, endsAt: new Date(nowMs + draft.leaseDays * 86_400_000).toISOString() };
}

/**
 * What the request adds to what the environment holds already. What needs no quota changes nothing; a destruction
 * gives everything back when nothing is left, not when it begins.
 */
async function deltaOf(draft: Draft, cost: PlanCost): Promise<QuotaDelta> {
  if (!operationOf(draft.kind).takesQuota) return nothing;
  const held = draft.kind === "create" ? nothing : await heldByEnvironment(draft.environmentId);
  const kept = draft.changes.filter((change) => change.action !== "delete");
  const sum = (pick: (size: PlanChange["size"], replicas: number) => number) =>
    kept.reduce((total, change) => total + pick(change.size, change.replicas), 0);
  return {
    cpu: milli(sum((size, replicas) => size.cpu * replicas) - held.cpu),
    memoryBytes: sum((size, replicas) => size.memoryBytes * replicas) - held.memoryBytes,
    storageBytes: sum((size) => size.storageBytes) - held.storageBytes,
    environments: 1 - held.environments,
    monthlyCost: new Decimal(cost.monthly ?? 0).minus(held.monthlyCost).toFixed(4),
  };
}

/** Cores are kept to a thousandth; what floats add to that would count as a little more. */
function milli(cores: number): number {
  return Math.round(cores * 1000) / 1000;
}

function decimal(text: string | null): Decimal | null {
  return text === null ? null : new Decimal(text);
}
