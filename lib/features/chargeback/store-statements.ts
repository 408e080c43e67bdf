import { sql } from "kysely";
import { jsonBuildObject } from "kysely/helpers/postgres";
import { costCenterRows } from "@/lib/features/projects/joins";
import { userRows } from "@/lib/features/users/joins";
import { anyOf, rowOf, rowsOf, statements, type Tx } from "@/lib/platform/db";
import type { StatementDetail, StatementLine, StatementMonth, StatementSummary } from "./schema";

/** Whose statements: those of all cost centers, or of the ones that the user owns. */
export interface StatementReader {
  all: boolean;
  userId: string | null;
}

/** A month of a cost center in one currency as it is closed; the total is a decimal text. */
export interface ClosedMonth {
  id: string;
  costCenterId: string;
  /** Its first day, "2026-10-01". */
  month: string;
  currency: string;
  total: string;
  lines: readonly StatementLine[];
  digest: string;
  closedById: string | null;
}

const monthOf = sql<string>`to_char(s.month, 'YYYY-MM')`;

const summaries = statements
  .selectFrom("statement as s")
  .innerJoin(costCenterRows.as("c"), "c.id", "s.cost_center_id")
  .leftJoin(userRows.as("u"), "u.id", "s.closed_by_id")
  .select((eb) => [
    "s.id",
    jsonBuildObject({ id: eb.ref("c.id"), code: eb.ref("c.code"), name: eb.ref("c.name") }).as("costCenter"),
    monthOf.as("month"),
    "s.currency",
    sql<string>`trim_scale(s.total)::text`.as("total"),
    "s.digest",
    "u.name as closedBy",
    sql<string>`to_char(s.closed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`.as("closedAt"),
  ]);

/**
 * Statements that a reader may see, the latest month first, at most 1,000.
 * @param month its first day, "2026-10-01", for the statements of that one only
 */
export async function listReadableStatements(
  { all, userId }: StatementReader,
  month: string | null,
): Promise<StatementSummary[]> {
  let listed = summaries
    .orderBy("s.month", "desc")
    .orderBy("c.code")
    .orderBy("s.currency")
    .limit(sql.lit(1_000));
  if (!all) listed = listed.where("c.owner_id", "=", userId);
  if (month !== null) listed = listed.where("s.month", "=", sql<Date>`${month}::date`);
  return await rowsOf(listed);
}

/** Statements by id, by the code of their cost center. */
export async function listStatementsById(ids: readonly string[]): Promise<StatementSummary[]> {
  return await rowsOf(summaries.where("s.id", "=", anyOf(ids)).orderBy("c.code"));
}

/** Months with how many statements a reader may see of each, the latest first, at most 120. */
export async function listReadableMonths({ all, userId }: StatementReader): Promise<StatementMonth[]> {
  let months = statements
    .selectFrom("statement as s")
    .innerJoin(costCenterRows.as("c"), "c.id", "s.cost_center_id")
    .select([monthOf.as("month"), sql<number>`count(*)::int`.as("statements")])
    .groupBy("s.month")
    .orderBy("s.month", "desc")
    .limit(sql.lit(120));
  if (!all) months = months.where("c.owner_id", "=", userId);
  return await rowsOf(months);
}

/** A statement with its lines, and a hash of all that is stored of it; null when the reader may see none with this id. */
export async function findStatement(
  { all, userId }: StatementReader,
  id: string,
): Promise<(Omit<StatementDetail, "intact"> & { stored: string }) | null> {
  let found = summaries
    .select((eb) => [
      eb.ref("s.lines").$castTo<StatementLine[]>().as("lines"),
      sql<string>`encode(sha256(convert_to(
        concat_ws(' ', s.cost_center_id, s.month, s.currency, s.total, s.digest, s.lines), 'UTF8')), 'hex')`.as(
        "stored",
      ),
    ])
    .where("s.id", "=", id);
  if (!all) found = found.where("c.owner_id", "=", userId);
  return await rowOf(found);
}

/** Whether there is a statement with this id; where an owner is named, of one of their cost centers. */
export async function hasStatement(id: string, ownerId: string | null): Promise<boolean> {
  const all = ownerId === null;
  return (await rowOf(readable({ all, userId: ownerId }).select("s.id").where("s.id", "=", id))) !== null;
}

const readable = ({ all, userId }: StatementReader) => {
  const joined = statements
    .selectFrom("statement as s")
    .innerJoin(costCenterRows.as("c"), "c.id", "s.cost_center_id");
  return all ? joined : joined.where("c.owner_id", "=", userId);
};

/** Keeps a month as it is closed. Throws when the cost center has a statement of it in this currency. */
export async function insertStatement(tx: Tx, closed: ClosedMonth): Promise<void> {
  const { id, costCenterId, month, currency, total, lines, digest, closedById } = closed;
  const row = { id, costCenterId, currency, total, digest, closedById };
  await tx.prisma.statement.create({
    data: { ...row, month: new Date(`${month}T00:00:00Z`), lines: [...lines] },
    select: { id: true },
  });
}
