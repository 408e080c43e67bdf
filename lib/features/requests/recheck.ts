import { loadVersion } from "@/lib/features/catalog";
import { findRoleIn, lockProject } from "@/lib/features/projects";
import { requireReservationFits } from "@/lib/features/quotas";
import { lockUser } from "@/lib/features/users";
import { canonicalJson } from "@/lib/kernel/canonical";
import { AppError } from "@/lib/kernel/errors";
import { formatMoney } from "@/lib/kernel/format";
import { can, type ProjectRole } from "@/lib/kernel/permissions";
import { systemActor } from "@/lib/platform/auth";
import type { Tx } from "@/lib/platform/db";
import { operationOf } from "./operations";
import { prepareRequest } from "./prepare";
import { bodyOf } from "./replan";
import type { RequestBody } from "./schema";
import type { PendingRow } from "./store";
import type { StoredPlan } from "./store-plan";

/**
 * Plans a waiting request once more before it is carried out, because days may have passed: its version may be retired,
 * its cloud gone, the price or the budget another. What would be built must be what the approver looked at.
 * @throws AppError conflict when it can't be done any more, stale_plan when it would be done differently
 */
export async function recheckPlan(row: PendingRow, plan: StoredPlan): Promise<void> {
  const fresh = await prepareRequest(systemActor("approval check"), await asPlanned(row, plan), {
    again: { requestId: row.id, environmentId: row.environmentId },
  }).catch(explainImpossible);
  const denied = fresh.verdicts.filter((one) => one.effect === "deny").map((one) => one.reason);
  if (denied.length > 0)
    throw new AppError("conflict", `This request can no longer be approved. ${denied.join(" ")}`);
  const changed = whatChanged(plan, fresh);
  if (changed.length === 0) return;
  throw new AppError(
    "stale_plan",
    `The plan is outdated. ${changed.join(" ")} Re-plan the request and review it again.`,
    { detail: { changed } },
  );
}

/** The request with what its plan settled: the version it found, and the cloud, not the best of today. */
async function asPlanned(row: PendingRow, plan: StoredPlan): Promise<RequestBody> {
  const body = await bodyOf(row);
  if (!("parameters" in body)) return body;
  const [cloud, ...others] = new Set(Object.values(plan.placement).map((one) => one.cloudId));
  const placed = cloud !== undefined && others.length === 0 ? { ...body, cloud } : body;
  if (placed.kind !== "create") return placed;
  return { ...placed, version: (await loadVersion(plan.templateVersionId)).version };
}

/**
 * What must hold at the moment of the decision, in its transaction and under the project's lock: the requester may still
 * request this, and what was reserved still fits the project's quota.
 * @throws AppError conflict, quota_exceeded
 */
export async function requireStillAllowed(tx: Tx, row: PendingRow): Promise<void> {
  await lockProject(tx, row.projectId);
  await requireRequester(tx, row);
  await requireReservationFits(tx, { requestId: row.id, projectId: row.projectId });
}

/** The requester with the roles they have now, who is not changed until the transaction ends. */
async function lockRequester(tx: Tx, userId: string, projectId: string) {
  const user = await lockUser(tx, userId);
  const place = user && (await findRoleIn(tx, projectId, userId));
  return place && { ...user, ...place };
}

type RequesterRow = NonNullable<Awaited<ReturnType<typeof lockRequester>>>;

async function requireRequester(tx: Tx, row: PendingRow): Promise<void> {
  if (row.requesterId === null) return;
  const problem = requesterProblem(await lockRequester(tx, row.requesterId, row.projectId), row);
  if (problem !== null)
    throw new AppError("conflict", `${problem} Reject the request; another member can submit it again.`);
}

function requesterProblem(requester: RequesterRow | null, row: PendingRow): string | null {
  if (!requester) return "The requester no longer exists.";
  const { name, disabled, orgRole, role, project } = requester;
  if (disabled) return `${name} is disabled.`;
  const { permission } = operationOf(row.kind);
  const projects = new Map<string, ProjectRole>(role ? [[row.projectId, role]] : []);
  if (can({ orgRole, projects, scopes: null }, permission, { projectId: row.projectId })) return null;
  return role
    ? `${name} now has the ${role} role in ${project} and can’t request this.`
    : `${name} is no longer a member of ${project}.`;
}

function explainImpossible(error: unknown): never {
  if (!(error instanceof AppError)) throw error;
  if (error.code === "no_placement")
    throw new AppError(
      "stale_plan",
      `The planned placement is no longer possible. ${error.message} Re-plan and review the request again.`,
      { cause: error },
    );
  if (error.code === "validation_failed" || error.code === "not_found" || error.code === "conflict")
    throw new AppError("conflict", `This request can no longer be approved. ${error.message}`, {
      cause: error,
    });
  throw error;
}

type Compared = Pick<StoredPlan, "changes" | "placement" | "cost" | "verdicts">;

/** What an approver would now decide about that the stored plan does not say, a sentence for each. */
export function whatChanged(plan: Compared, fresh: Compared): string[] {
  const changed: string[] = [];
  if (canonicalJson(built(fresh)) !== canonicalJson(built(plan)))
    changed.push("The planned changes are different.");
  if (
    fresh.cost.currency !== plan.cost.currency ||
    Number(fresh.cost.monthly) !== Number(plan.cost.monthly)
  ) {
    const now = formatMoney(fresh.cost.monthly, fresh.cost.currency);
    changed.push(
      `The monthly cost is now ${now} instead of ${formatMoney(plan.cost.monthly, plan.cost.currency)}.`,
    );
  }
  // A warning comes and goes with every other request of the project: it holds up nothing, and the card shows its figures.
  const asks = new Set(
    plan.verdicts.filter((one) => one.effect === "require_approval").map((one) => one.policy),
  );
  for (const { policy, effect, reason } of fresh.verdicts) {
    if (effect === "require_approval" && !asks.has(policy)) changed.push(reason);
  }
  return changed;
}

/** Components, where they run and how large they are; not the words about them. */
function built({ changes, placement }: Pick<Compared, "changes" | "placement">) {
  const components = changes.map(({ component, action, kind, size, replicas }) => ({
    ...{ component, action, kind, size, replicas },
    cloudId: placement[component]?.cloudId ?? null,
  }));
  return components.sort((left, right) => left.component.localeCompare(right.component));
}
