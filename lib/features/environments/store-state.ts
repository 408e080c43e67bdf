import type { Placed } from "@/lib/engine/plan";
import { now, rowOf, rowsOf, statements, type Tx, writtenBy } from "@/lib/platform/db";
import type { EnvironmentStatus } from "./schema";
import { environmentStates } from "./states";

/** The desired state of environments, their status, and locks. */

/**
 * Locks an environment. Every writer takes project, environment, request in this order, so that a decision and the end
 * of a run never wait for each other. @returns null when it does not exist
 */
export async function lockEnvironment(
  tx: Tx,
  environmentId: string,
): Promise<{ generation: number; status: EnvironmentStatus } | null> {
  const lock = statements
    .selectFrom("environment")
    .select(["generation", "status"])
    .where("id", "=", environmentId)
    .forNoKeyUpdate();
  return await rowOf(lock, tx);
}

/** What a plan makes an environment's desired state. */
export interface DesiredState {
  versionId: string;
  parameters: Record<string, unknown>;
  placement: Record<string, Placed>;
}

export interface NewEnvironment extends DesiredState {
  id: string;
  name: string;
  projectId: string;
  ownerId: string;
  currency: string;
  /** Decimal text; null = unknown. */
  monthly: string | null;
}

/** Records an environment that is asked for. */
export async function insertEnvironment(tx: Tx, environment: NewEnvironment): Promise<void> {
  const row = {
    id: environment.id,
    name: environment.name,
    project_id: environment.projectId,
    owner_id: environment.ownerId,
    ...desired(environment),
    status: "pending" as const,
    currency: environment.currency,
    monthly_cost: environment.monthly,
    updated_at: now,
  };
  await writtenBy(statements.insertInto("environment").values(row), tx);
}

const desired = ({ versionId, parameters, placement }: DesiredState) => ({
  template_version_id: versionId,
  parameters: JSON.stringify(parameters),
  placement: JSON.stringify(placement),
});

export interface Move extends DesiredState {
  environmentId: string;
  /** The generation the plan was made for. */
  from: number;
  /** Undefined: the cost stays as it is. */
  monthly: string | null | undefined;
  leaseEndsAt: string | null;
  /** During the run; undefined: as it is, and what failed before stays said. */
  status: EnvironmentStatus | undefined;
}

/**
 * Gives an environment its next generation.
 * @returns "stale" when it is not at the one before any more, "busy" when a run works on it
 */
export async function moveEnvironment(tx: Tx, move: Move): Promise<"moved" | "stale" | "busy"> {
  const { monthly, leaseEndsAt, status } = move;
  const lease = { lease_ends_at: leaseEndsAt, destroy_after: null, lease_warned_at: null };
  // One that has the status already keeps it: the run that works on it, if there is one, refuses another.
  const from = status ? [status, ...environmentStates.before(status)] : environmentStates.before("destroyed");
  const update = statements
    .updateTable("environment")
    .set((eb) => ({
      generation: eb("generation", "+", 1),
      ...desired(move),
      ...(monthly !== undefined && { monthly_cost: monthly }),
      ...(leaseEndsAt !== null && lease),
      ...(status && { status, failed_run_id: null, destroy_retry_at: null }),
      updated_at: now,
    }))
    .where("id", "=", move.environmentId)
    .where("generation", "=", move.from)
    .where("destroyed_at", "is", null)
    .where("status", "in", from);
  if ((await writtenBy(update, tx)) === 1) return "moved";
  const row = await lockEnvironment(tx, move.environmentId);
  return row?.generation === move.from && row.status !== "destroyed" ? "busy" : "stale";
}

/** An environment that never came to be gives its name back. */
export async function dropPendingEnvironment(tx: Tx, environmentId: string): Promise<void> {
  const update = statements
    .updateTable("environment")
    .set({
      status: environmentStates.transition("pending", "destroyed"),
      destroyed_at: now,
      updated_at: now,
    })
    .where("id", "=", environmentId)
    .where("status", "=", "pending");
  await writtenBy(update, tx);
}

/** Takes environments whose destruction is due to be retried, until `again` at the latest. */
export async function claimDestroyRetries(again: Date, limit: number) {
  const due = statements
    .selectFrom("environment")
    .select("id")
    .where("destroy_retry_at", "<=", now)
    .where("destroyed_at", "is", null)
    .orderBy("destroy_retry_at")
    .limit(limit)
    .forNoKeyUpdate()
    .skipLocked();
  const claim = statements
    .updateTable("environment")
    .set({ destroy_retry_at: again })
    .where("id", "in", due)
    .returning(["id", "name"]);
  return await rowsOf(claim);
}

/**
 * Gives an environment the status it has while a run on it is resumed; what failed before is forgotten.
 * @returns whether it can have that status now
 */
export async function resumeEnvironment(
  tx: Tx,
  environmentId: string,
  status: EnvironmentStatus,
): Promise<boolean> {
  const update = statements
    .updateTable("environment")
    .set({ status, failed_run_id: null, destroy_retry_at: null, updated_at: now })
    .where("id", "=", environmentId)
    .where("status", "in", environmentStates.before(status));
  return (await writtenBy(update, tx)) === 1;
}
