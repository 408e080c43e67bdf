import type { ClientBase, Pool } from "pg";
import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { formatBytes, formatCpu } from "@/lib/kernel/quantities";
import { query } from "@/lib/platform/db";
import type { QuotaUse } from "./schema";

/** What a request would add to a project; negative where it frees something. */
export interface QuotaDelta {
  cpu: number;
  memoryBytes: number;
  storageBytes: number;
  environments: number;
  /** Decimal text. */
  monthlyCost: string;
}

/** For a request that neither takes nor frees anything. */
export const nothing: QuotaDelta = {
  cpu: 0,
  memoryBytes: 0,
  storageBytes: 0,
  environments: 0,
  monthlyCost: "0",
};

interface HeldRow {
  cpu: string;
  memory: string;
  storage: string;
  environments: number;
  cost: string;
}

function deltaOf(row: HeldRow): QuotaDelta {
  return {
    cpu: Number(row.cpu),
    memoryBytes: Number(row.memory),
    storageBytes: Number(row.storage),
    environments: row.environments,
    monthlyCost: row.cost,
  };
}

function amountsOf(delta: QuotaDelta): unknown[] {
  const { cpu, memoryBytes, storageBytes, environments, monthlyCost } = delta;
  return [cpu, Math.round(memoryBytes), Math.round(storageBytes), environments, monthlyCost];
}

function exceeded(problems: readonly string[]): AppError {
  return new AppError("quota_exceeded", `Exceeds the project quota. ${problems.join(" ")}`, {
    problems: problems.map((message) => ({ path: "quota", message })),
  });
}

interface UseRow {
  cpu: string;
  memory: string;
  storage: string;
  environments: string;
  limit_cpu: string | null;
  limit_memory: string | null;
  limit_storage: string | null;
  limit_environments: number | null;
}

/**
 * Use of a project's quotas. A reservation that frees something counts only once it is converted, so that a
 * pending shrink cannot make room that is not there yet.
 * @param exceptRequestId a request whose own reservation is left out, because it is judged again
 */
export async function quotaUse(
  db: ClientBase | Pool,
  projectId: string,
  delta: QuotaDelta,
  exceptRequestId = "",
): Promise<QuotaUse[]> {
  const result = await db.query<UseRow>({
    name: "quota_use",
    text: `
      SELECT coalesce(sum(CASE WHEN r.state = 'reserved' THEN greatest(r.cpu, 0) ELSE r.cpu END), 0)::text AS cpu,
        coalesce(sum(CASE WHEN r.state = 'reserved' THEN greatest(r.memory_bytes, 0) ELSE r.memory_bytes END), 0)::text AS memory,
        coalesce(sum(CASE WHEN r.state = 'reserved' THEN greatest(r.storage_bytes, 0) ELSE r.storage_bytes END), 0)::text AS storage,
        coalesce(sum(CASE WHEN r.state = 'reserved' THEN greatest(r.environments, 0) ELSE r.environments END), 0)::text AS environments,
        p.quota_cpu::text AS limit_cpu, p.quota_memory_bytes::text AS limit_memory,
        p.quota_storage_bytes::text AS limit_storage, p.quota_environments AS limit_environments
      FROM project p LEFT JOIN reservation r ON r.project_id = p.id AND r.state IN ('reserved', 'converted')
        AND r.request_id <> $2
      WHERE p.id = $1 GROUP BY p.id`,
    values: [projectId, exceptRequestId],
  });
  const row = result.rows[0];
  if (!row) throw new AppError("not_found", "The project was not found.");
  const limit = (value: string | number | null) => (value === null ? null : Number(value));
  return [
    { name: "cpu", limit: limit(row.limit_cpu), used: Number(row.cpu), added: delta.cpu },
    { name: "memory", limit: limit(row.limit_memory), used: Number(row.memory), added: delta.memoryBytes },
    {
      name: "storage",
      limit: limit(row.limit_storage),
      used: Number(row.storage),
      added: delta.storageBytes,
    },
    {
      name: "environments",
      limit: limit(row.limit_environments),
      used: Number(row.environments),
      added: delta.environments,
    },
  ];
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
  client: ClientBase,
  request: { requestId: string; projectId: string; environmentId: string },
  delta: QuotaDelta,
): Promise<void> {
  const problems = quotaProblems(await quotaUse(client, request.projectId, delta));
  if (problems.length > 0) throw exceeded(problems);
  await client.query({
    name: "quota_reserve",
    text: `INSERT INTO reservation (id, project_id, environment_id, request_id, state, cpu, memory_bytes, storage_bytes,
       environments, monthly_cost)
     VALUES ($1, $2, $3, $4, 'reserved', $5, $6, $7, $8, $9)`,
    values: [
      newId("reservation"),
      request.projectId,
      request.environmentId,
      request.requestId,
      ...amountsOf(delta),
    ],
  });
}

/**
 * What an environment holds of its project's quotas: what its requests converted and did not give back. Not the sum of
 * its components: what a failed change was to add is held until a later change or the destruction gives it back.
 */
export async function heldByEnvironment(environmentId: string): Promise<QuotaDelta> {
  const [row] = await query<HeldRow>(
    `SELECT coalesce(sum(cpu), 0)::text AS cpu, coalesce(sum(memory_bytes), 0)::text AS memory,
       coalesce(sum(storage_bytes), 0)::text AS storage, coalesce(sum(environments), 0)::int AS environments,
       coalesce(sum(monthly_cost), 0)::text AS cost
     FROM reservation WHERE environment_id = $1 AND state = 'converted'`,
    [environmentId],
    { name: "quota_held" },
  );
  return row ? deltaOf(row) : nothing;
}

/**
 * Replaces what a waiting request reserves, because it was planned again. The caller holds the project row's lock.
 * @throws AppError quota_exceeded
 */
export async function replaceReservation(
  client: ClientBase,
  request: { requestId: string; projectId: string },
  delta: QuotaDelta,
): Promise<void> {
  await releaseReservation(client, request.requestId);
  const problems = quotaProblems(await quotaUse(client, request.projectId, delta));
  if (problems.length > 0) throw exceeded(problems);
  await client.query(
    `UPDATE reservation SET state = 'reserved', settled_at = NULL, cpu = $2, memory_bytes = $3, storage_bytes = $4,
       environments = $5, monthly_cost = $6 WHERE request_id = $1`,
    [request.requestId, ...amountsOf(delta)],
  );
}

/**
 * Makes sure that what a waiting request reserved still fits, because limits may have shrunk. The caller holds the
 * project row's lock.
 * @throws AppError quota_exceeded
 */
export async function requireReservationFits(
  client: ClientBase,
  request: { requestId: string; projectId: string },
): Promise<void> {
  const found = await client.query<HeldRow>(
    `SELECT cpu::text, memory_bytes::text AS memory, storage_bytes::text AS storage, environments,
       monthly_cost::text AS cost FROM reservation WHERE request_id = $1 AND state = 'reserved'`,
    [request.requestId],
  );
  const row = found.rows[0];
  if (!row) return;
  const uses = await quotaUse(client, request.projectId, deltaOf(row), request.requestId);
  const problems = quotaProblems(uses);
  if (problems.length > 0) throw exceeded(problems);
}

/** The request was approved: what it reserved is held by the environment from now on. */
export async function convertReservation(client: ClientBase, requestId: string): Promise<void> {
  await client.query({
    name: "quota_convert",
    text: "UPDATE reservation SET state = 'converted', settled_at = now() WHERE request_id = $1 AND state = 'reserved'",
    values: [requestId],
  });
}

/** The request will not happen: what it reserved is free again. */
export async function releaseReservation(client: ClientBase | Pool, requestId: string): Promise<void> {
  await client.query(
    "UPDATE reservation SET state = 'released', settled_at = now() WHERE request_id = $1 AND state = 'reserved'",
    [requestId],
  );
}

/** The environments hold nothing any more. */
export async function releaseEnvironments(
  client: ClientBase | Pool,
  environmentIds: readonly string[],
): Promise<void> {
  if (environmentIds.length === 0) return;
  await client.query(
    `UPDATE reservation SET state = 'released', settled_at = now()
     WHERE environment_id = ANY($1) AND state IN ('reserved', 'converted')`,
    [environmentIds],
  );
}

/** Those of the environments of which nothing exists hold nothing any more. */
export async function releaseEmptyEnvironments(
  client: ClientBase | Pool,
  environmentIds: readonly string[],
): Promise<void> {
  if (environmentIds.length === 0) return;
  await client.query(
    `UPDATE reservation v SET state = 'released', settled_at = now()
     WHERE environment_id = ANY($1) AND state IN ('reserved', 'converted')
       AND NOT EXISTS (SELECT 1 FROM resource r WHERE r.environment_id = v.environment_id)`,
    [environmentIds],
  );
}

/**
 * Holds again what a request had given back, because it goes on after all. The caller holds the project row's lock.
 * A request that still holds its capacity is left as it is.
 * @throws AppError quota_exceeded
 */
export async function reclaimReservation(
  client: ClientBase,
  requestId: string,
  projectId: string,
): Promise<void> {
  const found = await client.query<HeldRow>(
    `SELECT cpu::text, memory_bytes::text AS memory, storage_bytes::text AS storage, environments,
       monthly_cost::text AS cost FROM reservation WHERE request_id = $1 AND state = 'released'`,
    [requestId],
  );
  const row = found.rows[0];
  if (!row) return;
  const problems = quotaProblems(await quotaUse(client, projectId, deltaOf(row)));
  if (problems.length > 0) {
    throw new AppError("quota_exceeded", `The project quota is no longer available. ${problems.join(" ")}`);
  }
  await client.query("UPDATE reservation SET state = 'converted', settled_at = now() WHERE request_id = $1", [
    requestId,
  ]);
}
