import { sql } from "kysely";
import type { Seal } from "@/lib/platform/audit/signing";
import { type Db, pooled, rowOf, rowsOf, statements } from "@/lib/platform/db";
import type { Place } from "./chain";

const places = statements.selectFrom("audit_event").select(["seq", "hash"]);

const oneRow = sql.lit(1);

/** The newest seal; null when nothing was sealed yet. */
export async function findLastSeal(db: Db = pooled): Promise<Seal | null> {
  return await db.prisma.auditSeal.findFirst({ orderBy: { number: "desc" } });
}

/** The seals with these numbers. */
export async function findSeals(numbers: readonly bigint[], db: Db = pooled): Promise<Seal[]> {
  return await db.prisma.auditSeal.findMany({ where: { number: { in: [...numbers] } } });
}

/** The seals after a number, in order. */
export async function listSealsAfter(number: bigint, limit: number, db: Db = pooled): Promise<Seal[]> {
  const where = { number: { gt: number } };
  return await db.prisma.auditSeal.findMany({ where, orderBy: { number: "asc" }, take: limit });
}

/** What was sealed of the events with these numbers, and after. */
export async function listSealedPlaces(
  from: bigint,
  to: bigint,
  db?: Db,
): Promise<(Place & { number: bigint })[]> {
  const sealed = statements
    .selectFrom("audit_seal")
    .select(["number", "event_seq as seq", "event_hash as hash"])
    .where("event_seq", ">", from)
    .where("event_seq", "<=", to)
    .orderBy("event_seq")
    .orderBy("number");
  return await rowsOf(sealed, db);
}

/** Writes a seal, which nothing can change or remove. */
export async function insertSeal(seal: Seal, db: Db): Promise<void> {
  const { number, at, eventSeq, eventHash, keyId, prevHash, mac } = seal;
  await db.prisma.auditSeal.create({ data: { number, at, eventSeq, eventHash, keyId, prevHash, mac } });
}

/** The newest event; null when there is none. */
export async function findChainEnd(db?: Db): Promise<Place | null> {
  return await rowOf(places.orderBy("seq", "desc").limit(oneRow), db);
}

/** The events with these numbers. */
export async function findPlaces(seqs: readonly bigint[], db?: Db): Promise<Place[]> {
  return await rowsOf(places.where("seq", "=", anyNumber(seqs)), db);
}

const anyNumber = (numbers: readonly bigint[]) => sql<bigint>`any(${numbers}::bigint[])`;
