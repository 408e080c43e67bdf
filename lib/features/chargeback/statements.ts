import { meteredUntil } from "@/lib/features/metering";
import { digestOf } from "@/lib/kernel/canonical";
import { AppError, notFound } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { Recent } from "@/lib/kernel/recent";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, can, requirePermission } from "@/lib/platform/auth";
import { inTransaction } from "@/lib/platform/db";
import { monthEndMs } from "./forecast";
import { lockClosing } from "./locks";
import type {
  ClosableMonth,
  StatementDetail,
  StatementLine,
  StatementMonth,
  StatementSummary,
} from "./schema";
import { listClosableMonths, listOpenMonths } from "./store-open-months";
import {
  findStatement,
  insertStatement,
  listReadableMonths,
  listReadableStatements,
  listStatementsById,
} from "./store-statements";

const readerOf = (actor: Actor) => ({ all: can(actor, "cost.read"), userId: actor.userId });
/** The first day of a month like "2026-10". */
const firstDayOf = (month: string) => `${month}-01`;

/**
 * Closed months, the latest first: all for finance, auditors and administrators, else those of own cost centers.
 * @param month "2026-10" for the statements of that one only
 */
export async function listStatements(actor: Actor, month?: string): Promise<StatementSummary[]> {
  return await listReadableStatements(readerOf(actor), month ? firstDayOf(month) : null);
}

/** The months of `listStatements` with how many statements each has, the latest first. */
export async function listStatementMonths(actor: Actor): Promise<StatementMonth[]> {
  return await listReadableMonths(readerOf(actor));
}

/**
 * A closed month with its lines, and whether they still have the digest they were closed with.
 * @throws AppError not_found
 */
export async function getStatement(actor: Actor, id: string): Promise<StatementDetail> {
  const row = await findStatement(readerOf(actor), id);
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
  return await listClosableMonths(new Date(nowMs));
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
  const ids = await inTransaction(async (tx) => {
    await lockClosing(tx);
    const month = firstDayOf(input.month);
    const made: string[] = [];
    for (const one of await listOpenMonths(tx, month, input.costCenter ?? null)) {
      const id = newId("statement");
      const digest = digestOfStatement(one.costCenterId, { ...one, month: input.month });
      await insertStatement(tx, { id, ...one, month, digest, closedById: actor.userId });
      made.push(id);
    }
    if (made.length === 0)
      throw new AppError("conflict", "Nothing to close: the month has no costs or is already closed.");
    await recordAudit(tx, {
      actor,
      action: "statement.close",
      objectType: "statement",
      objectId: made[0] ?? input.month,
      detail: { month: input.month, statements: made },
    });
    return made;
  });
  return await listStatementsById(ids);
}

function digestOfStatement(
  costCenterId: string,
  content: { month: string; currency: string; total: string; lines: StatementLine[] },
): string {
  const { month, currency, total, lines } = content;
  return digestOf({ costCenterId, month, currency, total, lines });
}
