import { sql } from "kysely";
import type { Seal } from "@/lib/platform/audit/signing";
import { type Db, rowOf, rowsOf, statements, writtenBy } from "@/lib/platform/db";
import type { Place } from "./chain";

const seals = statements
  .selectFrom("audit_seal")
  .select(["number", "at", "event_seq as eventSeq", "event_hash as eventHash"])
  .select(["key_id as keyId", "prev_hash as prevHash", "mac"]);

const places = statements.selectFrom("audit_event").select(["seq", "hash"]);

const oneRow = sql.lit(1);

/** The newest seal; null when nothing was sealed yet. */
export async function findLastSeal(db?: Db): Promise<Seal | null> {
  return await rowOf(seals.orderBy("number", "desc").limit(oneRow), db);
}

/** The seals with these numbers. */
export async function findSeals(numbers: readonly bigint[], db?: Db): Promise<Seal[]> {
  return await rowsOf(seals.where("number", "=", anyNumber(numbers)), db);
}

/** The seals after a number, in order. */
export async function listSealsAfter(number: bigint, limit: number, db?: Db): Promise<Seal[]> {
  return await rowsOf(seals.where("number", ">", number).orderBy("number").limit(limit), db);
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
  const row = {
    number: seal.number,
    at: seal.at,
    event_seq: seal.eventSeq,
    event_hash: seal.eventHash,
    key_id: seal.keyId,
    prev_hash: seal.prevHash,
    mac: seal.mac,
  };
  await writtenBy(statements.insertInto("audit_seal").values(row), db);
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
