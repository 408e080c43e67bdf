import { meteredUntil } from "@/lib/features/metering";
import { digestOf } from "@/lib/kernel/canonical";
import { AppError, notFound } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { Recent } from "@/lib/kernel/recent";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, can, requirePermission } from "@/lib/platform/auth";
import { query, withSqlTransaction } from "@/lib/platform/db";
import { monthEndMs } from "./forecast";
import type {
  ClosableMonth,
  StatementDetail,
  StatementLine,
  StatementMonth,
  StatementSummary,
} from "./schema";

const lockKey = 7_266_042;

const select = `SELECT s.id, json_build_object('id', c.id, 'code', c.code, 'name', c.name) AS "costCenter",
    to_char(s.month, 'YYYY-MM') AS month, s.currency, trim_scale(s.total)::text AS total, s.digest,
    u.name AS "closedBy", to_char(s.closed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "closedAt"`;
const source =
  "statement s JOIN cost_center c ON c.id = s.cost_center_id LEFT JOIN app_user u ON u.id = s.closed_by_id";

/**
 * Closed months, the latest first: all for finance, auditors and administrators, else those of own cost centers.
 * @param month "2026-10" for the statements of that one only
 */
export async function listStatements(actor: Actor, month?: string): Promise<StatementSummary[]> {
  return await query<StatementSummary>(
    `${select} FROM ${source} WHERE ($1 OR c.owner_id = $2) AND ($3::date IS NULL OR s.month = $3::date)
     ORDER BY s.month DESC, c.code, s.currency LIMIT 1000`,
    [can(actor, "cost.read"), actor.userId, month ? `${month}-01` : null],
  );
}

/** The months of `listStatements` with how many statements each has, the latest first. */
export async function listStatementMonths(actor: Actor): Promise<StatementMonth[]> {
  return await query<StatementMonth>(
    `SELECT to_char(s.month, 'YYYY-MM') AS month, count(*)::int AS statements
     FROM statement s JOIN cost_center c ON c.id = s.cost_center_id WHERE $1 OR c.owner_id = $2
     GROUP BY s.month ORDER BY s.month DESC LIMIT 120`,
    [can(actor, "cost.read"), actor.userId],
  );
}

/**
 * A closed month with its lines, and whether they still have the digest they were closed with.
 * @throws AppError not_found
 */
export async function getStatement(actor: Actor, id: string): Promise<StatementDetail> {
  const [row] = await query<Omit<StatementDetail, "intact"> & { stored: string }>(
    `${select}, s.lines, encode(sha256(convert_to(
       concat_ws(' ', s.cost_center_id, s.month, s.currency, s.total, s.digest, s.lines), 'UTF8')), 'hex') AS stored
     FROM ${source} WHERE s.id = $1 AND ($2 OR c.owner_id = $3)`,
    [id, can(actor, "cost.read"), actor.userId],
  );
  if (!row) throw notFound("The statement");
  const { stored, ...statement } = row;
  const intact = await judged.get(
    stored,
    async () => statement.digest === digestOfStatement(statement.costCenter.id, statement),
  );
  return { ...statement, intact };
}

/** By the hash of what is stored: a digest over thousands of lines takes longer than all the rest of the page. */
const judged = new Recent<boolean>(Number.POSITIVE_INFINITY, 500);

/** Months that are over, have costs, and are not closed for every cost center yet, the earliest first. */
export async function closableMonths(nowMs: number = Date.now()): Promise<ClosableMonth[]> {
  return await query<ClosableMonth>(
    `SELECT to_char(m.month, 'YYYY-MM') AS month, count(*)::int AS "costCenters"
     FROM (SELECT DISTINCT currency FROM price_book) b
     CROSS JOIN LATERAL (SELECT min(day) AS day FROM cost_sum
       WHERE dimension = 'cost-center' AND project_id = '' AND currency = b.currency) f
     CROSS JOIN LATERAL (SELECT at::date AS month FROM generate_series(date_trunc('month', f.day::timestamp),
       date_trunc('month', $1::timestamptz AT TIME ZONE 'UTC') - interval '1 month', interval '1 month') at) m
     CROSS JOIN cost_center c
     WHERE NOT EXISTS (SELECT 1 FROM statement s
         WHERE s.month = m.month AND s.cost_center_id = c.id AND s.currency = b.currency)
       AND EXISTS (SELECT 1 FROM cost_sum d WHERE d.dimension = 'cost-center' AND d.project_id = '' AND d.key = c.id
         AND d.currency = b.currency AND d.day >= m.month AND d.day < m.month + interval '1 month')
     GROUP BY m.month ORDER BY m.month`,
    [new Date(nowMs)],
  );
}

/**
 * Closes a month: one unchangeable statement per cost center (and currency) that has costs and none yet.
 * @returns the new statements
 * @throws AppError conflict while the month is not over, not metered to its end, or closed already
 */
export async function closeMonth(
  actor: Actor,
  input: { month: string; costCenter?: string | undefined },
  nowMs: number = Date.now(),
): Promise<StatementSummary[]> {
  requirePermission(actor, "statement.close", { objectType: "statement", objectId: input.month });
  const endMs = monthEndMs(Date.parse(`${input.month}-01T00:00:00Z`));
  if (endMs > nowMs) throw new AppError("conflict", "This month isn’t over yet.");
  const until = await meteredUntil();
  if (until && until.getTime() < endMs) {
    const reached = until.toISOString().slice(0, 16).replace("T", " ");
    throw new AppError("conflict", `Usage is metered only until ${reached} UTC. Try again in a few minutes.`);
  }
  const ids = await withSqlTransaction(async (client) => {
    await client.query("SELECT pg_advisory_xact_lock($1)", [lockKey]);
    const open = await query<OpenMonth>(openSql, [`${input.month}-01`, input.costCenter ?? null], { client });
    const made: string[] = [];
    for (const one of open) {
      const id = newId("statement");
      const digest = digestOfStatement(one.costCenterId, { ...one, month: input.month });
      await client.query(
        `INSERT INTO statement (id, cost_center_id, month, currency, total, lines, digest, closed_by_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          id,
          one.costCenterId,
          `${input.month}-01`,
          one.currency,
          one.total,
          JSON.stringify(one.lines),
          digest,
          actor.userId,
        ],
      );
      made.push(id);
    }
    if (made.length === 0)
      throw new AppError("conflict", "Nothing to close: the month has no costs or is already closed.");
    await recordAudit(client, {
      actor,
      action: "statement.close",
      objectType: "statement",
      objectId: made[0] ?? input.month,
      detail: { month: input.month, statements: made },
    });
    return made;
  });
  return await query<StatementSummary>(`${select} FROM ${source} WHERE s.id = ANY($1) ORDER BY c.code`, [
    ids,
  ]);
}

interface OpenMonth {
  costCenterId: string;
  currency: string;
  total: string;
  lines: StatementLine[];
}

const openSql = `
  WITH sums AS (
    SELECT d.cost_center_id, d.currency, d.project_id, d.environment_id, d.component, d.meter,
      sum(d.quantity) AS quantity, sum(d.amount) AS amount
      FROM daily_cost d JOIN cost_center c ON c.id = d.cost_center_id
     WHERE d.day >= $1::date AND d.day < $1::date + interval '1 month' AND ($2::text IS NULL OR $2 IN (c.id, c.code))
       AND NOT EXISTS (SELECT 1 FROM statement s
         WHERE s.cost_center_id = d.cost_center_id AND s.month = $1::date AND s.currency = d.currency)
     GROUP BY 1, 2, 3, 4, 5, 6)
  SELECT s.cost_center_id AS "costCenterId", s.currency, trim_scale(sum(s.amount))::text AS total,
    json_agg(json_build_object('projectId', s.project_id, 'project', coalesce(p.name, s.project_id),
      'environmentId', s.environment_id, 'environment', coalesce(e.name, s.environment_id), 'component', s.component,
      'meter', s.meter, 'quantity', trim_scale(s.quantity)::text, 'amount', trim_scale(s.amount)::text)
      ORDER BY p.name, e.name, s.environment_id, s.component, s.meter) AS lines
  FROM sums s LEFT JOIN project p ON p.id = s.project_id LEFT JOIN environment e ON e.id = s.environment_id
  GROUP BY s.cost_center_id, s.currency ORDER BY 1, 2`;

function digestOfStatement(
  costCenterId: string,
  content: { month: string; currency: string; total: string; lines: StatementLine[] },
): string {
  const { month, currency, total, lines } = content;
  return digestOf({ costCenterId, month, currency, total, lines });
}
