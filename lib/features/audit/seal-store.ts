import type { ClientBase } from "pg";
import type { Seal } from "@/lib/platform/audit/signing";
import { execute, query } from "@/lib/platform/db";
import type { Place } from "./chain";

const columns = `number, at, event_seq AS "eventSeq", event_hash AS "eventHash", key_id AS "keyId",
  prev_hash AS "prevHash", mac`;

const on = (client?: ClientBase) => (client ? { client } : {});

/** The newest seal; null when nothing was sealed yet. */
export async function findLastSeal(client?: ClientBase): Promise<Seal | null> {
  const [seal] = await query<Seal>(
    `SELECT ${columns} FROM audit_seal ORDER BY number DESC LIMIT 1`,
    [],
    on(client),
  );
  return seal ?? null;
}

/** The seals with these numbers. */
export async function findSeals(numbers: readonly bigint[], client?: ClientBase): Promise<Seal[]> {
  return await query<Seal>(
    `SELECT ${columns} FROM audit_seal WHERE number = ANY($1::bigint[])`,
    [numbers],
    on(client),
  );
}

/** The seals after a number, in order. */
export async function listSealsAfter(number: bigint, limit: number, client?: ClientBase): Promise<Seal[]> {
  return await query<Seal>(
    `SELECT ${columns} FROM audit_seal WHERE number > $1 ORDER BY number LIMIT $2`,
    [number, limit],
    on(client),
  );
}

/** What was sealed of the events with these numbers, and after. */
export async function listSealedPlaces(
  from: bigint,
  to: bigint,
  client?: ClientBase,
): Promise<(Place & { number: bigint })[]> {
  return await query(
    `SELECT number, event_seq AS seq, event_hash AS hash FROM audit_seal
      WHERE event_seq > $1 AND event_seq <= $2 ORDER BY event_seq, number`,
    [from, to],
    on(client),
  );
}

export async function insertSeal(seal: Seal, client: ClientBase): Promise<void> {
  await execute(
    `INSERT INTO audit_seal (number, at, event_seq, event_hash, key_id, prev_hash, mac)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [seal.number, seal.at, seal.eventSeq, seal.eventHash, seal.keyId, seal.prevHash, seal.mac],
    { client },
  );
}

/** The newest event; null when there is none. */
export async function findChainEnd(client?: ClientBase): Promise<Place | null> {
  const [end] = await query<Place>(
    "SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1",
    [],
    on(client),
  );
  return end ?? null;
}

/** The events with these numbers. */
export async function findPlaces(seqs: readonly bigint[], client?: ClientBase): Promise<Place[]> {
  return await query<Place>(
    "SELECT seq, hash FROM audit_event WHERE seq = ANY($1::bigint[])",
    [seqs],
    on(client),
  );
}
