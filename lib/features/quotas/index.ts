import { AppError, notFound } from "@/lib/kernel/errors";
import { formatBytes, formatCpu } from "@/lib/kernel/format";
import { newId } from "@/lib/kernel/ids";
import type { Db, Tx } from "@/lib/platform/db";
import { type QuotaUse, quotaNames } from "./schema";
import {
  convert,
  findProjectUse,
  findReservation,
  insertReservation,
  type QuotaDelta,
  release,
  releaseAllOf,
  reserveAgain,
  sumConverted,
} from "./store";

export type { QuotaDelta } from "./store";
export { committedMonthly } from "./store-committed";

/** Where a quota's amount stands in a delta. */
const keys = {
  cpu: "cpu",
  memory: "memoryBytes",
  storage: "storageBytes",
  environments: "environments",
} as const;

/** For a request that neither takes nor frees anything. */
export const nothing: QuotaDelta = {
  cpu: 0,
  memoryBytes: 0,
  storageBytes: 0,
  environments: 0,
  monthlyCost: "0",
};

function exceeded(problems: readonly string[]): AppError {
  return new AppError("quota_exceeded", `Exceeds the project quota. ${problems.join(" ")}`, {
    problems: problems.map((message) => ({ path: "quota", message })),
  });
}

/**
 * Use of a project's quotas. A reservation that frees something counts only once it is converted, so that a
 * pending shrink cannot make room that is not there yet.
 * @param exceptRequestId a request whose own reservation is left out, because it is judged again
 */
export async function quotaUse(
  db: Db,
  projectId: string,
  delta: QuotaDelta,
  exceptRequestId = "",
): Promise<QuotaUse[]> {
  const use = await findProjectUse(projectId, exceptRequestId, db);
  if (!use) throw notFound("The project");
  const { used, limits } = use;
  const uses = quotaNames.map((name) => ({
    name,
    limit: limits[keys[name]],
    used: used[keys[name]],
    added: 0,
  }));
  return withAdded(uses, delta);
}

/** The same use with what another request would add. */
export function withAdded(uses: readonly QuotaUse[], delta: QuotaDelta): QuotaUse[] {
  return uses.map((use) => ({ ...use, added: delta[keys[use.name]] }));
}

/** What a waiting request holds; nothing for one that holds nothing. */
export async function reservedBy(db: Db, requestId: string): Promise<QuotaDelta> {
  return (await findReservation(db, requestId, "reserved")) ?? nothing;
}

/** Sentences naming every quota the request would break; empty when it fits. */
export function quotaProblems(uses: readonly QuotaUse[]): string[] {
  return uses.flatMap((use) => {
    if (use.limit === null || use.added <= 0 || use.used + use.added <= use.limit + 1e-9) return [];
    const show = formatterOf(use.name);
    const left = Math.max(0, use.limit - use.used);
    return [
      `${labels[use.name]}: requires ${show(use.added)}, ${show(left)} of ${show(use.limit)} available.`,
    ];
  });
}

const labels = { cpu: "CPU", memory: "Memory", storage: "Storage", environments: "Environments" } as const;

function formatterOf(name: QuotaUse["name"]): (value: number) => string {
  if (name === "cpu") return formatCpu;
  if (name === "environments") return String;
  return formatBytes;
}

/**
 * Reserves what a request adds. The caller holds the project row's lock, so two requests can never both take the
 * last of anything.
 * @throws AppError quota_exceeded
 */
export async function reserveQuota(
  tx: Tx,
  request: { requestId: string; projectId: string; environmentId: string },
  delta: QuotaDelta,
): Promise<void> {
  const problems = quotaProblems(await quotaUse(tx, request.projectId, delta));
  if (problems.length > 0) throw exceeded(problems);
  await insertReservation(tx, { id: newId("reservation"), ...request }, delta);
}

/**
 * What an environment holds of its project's quotas: what its requests converted and did not give back. Not the sum of
 * its components: what a failed change was to add is held until a later change or the destruction gives it back.
 */
export async function heldByEnvironment(environmentId: string): Promise<QuotaDelta> {
  return await sumConverted(environmentId);
}

/**
 * Replaces what a waiting request reserves, because it was planned again. The caller holds the project row's lock.
 * @throws AppError quota_exceeded
 */
export async function replaceReservation(
  tx: Tx,
  request: { requestId: string; projectId: string },
  delta: QuotaDelta,
): Promise<void> {
  await releaseReservation(tx, request.requestId);
  const problems = quotaProblems(await quotaUse(tx, request.projectId, delta));
  if (problems.length > 0) throw exceeded(problems);
  await reserveAgain(tx, request.requestId, delta);
}

/**
 * Makes sure that what a waiting request reserved still fits, because limits may have shrunk. The caller holds the
 * project row's lock.
 * @throws AppError quota_exceeded
 */
export async function requireReservationFits(
  tx: Tx,
  request: { requestId: string; projectId: string },
): Promise<void> {
  const reserved = await findReservation(tx, request.requestId, "reserved");
  if (!reserved) return;
  const uses = await quotaUse(tx, request.projectId, reserved, request.requestId);
  const problems = quotaProblems(uses);
  if (problems.length > 0) throw exceeded(problems);
}

/** The request was approved: what it reserved is held by the environment from now on. */
export async function convertReservation(tx: Tx, requestId: string): Promise<void> {
  await convert(tx, requestId, "reserved");
}

/** The request will not happen: what it reserved is free again. */
export async function releaseReservation(db: Db, requestId: string): Promise<void> {
  await release(db, requestId);
}

/** The environments hold nothing any more. */
export async function releaseEnvironments(db: Db, environmentIds: readonly string[]): Promise<void> {
  if (environmentIds.length === 0) return;
  await releaseAllOf(db, environmentIds);
}

/** Those of the environments of which nothing exists hold nothing any more. */
export async function releaseEmptyEnvironments(db: Db, environmentIds: readonly string[]): Promise<void> {
  if (environmentIds.length === 0) return;
  await releaseAllOf(db, environmentIds, true);
}

/**
 * Holds again what a request had given back, because it continues after all. The caller holds the project row's lock.
 * A request that still holds its capacity is left as it is.
 * @throws AppError quota_exceeded
 */
export async function reclaimReservation(tx: Tx, requestId: string, projectId: string): Promise<void> {
  const released = await findReservation(tx, requestId, "released");
  if (!released) return;
  const problems = quotaProblems(await quotaUse(tx, projectId, released));
  if (problems.length > 0) {
    throw new AppError("quota_exceeded", `The project quota is no longer available. ${problems.join(" ")}`);
  }
  await convert(tx, requestId, "released");
}
