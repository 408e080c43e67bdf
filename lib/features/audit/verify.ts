import { createHash } from "node:crypto";
import { z } from "zod";
import { getPool, query } from "@/lib/platform/db";
import { getSetting, putSetting } from "../settings";
import type { AuditVerification } from "./schema";

const batchSize = 5_000;
const anchorKey = "audit.anchor";
const anchorSchema = z.object({ seq: z.number().int(), hash: z.string() }).nullable();

interface Row {
  seq: bigint;
  id: string;
  at: Date;
  fields: string[];
  prev_hash: string;
  hash: string;
}

/**
 * Recomputes every hash of the audit chain in Node, independently of the trigger that wrote it, and reports the first
 * event that was changed, removed or slipped in. The newest verified event is remembered, so that a chain cut off at
 * its end is noticed the next time.
 */
export async function verifyAuditChain(): Promise<AuditVerification> {
  const anchor = await getSetting(anchorKey, anchorSchema, null);
  let anchorSeen = anchor === null;
  let previous = { seq: 0n, hash: "" };
  let checked = 0;
  for (;;) {
    const rows = await readBatch(previous.seq);
    for (const row of rows) {
      const wrong = problemOf(row, previous.hash);
      if (wrong) return broken(row.seq, checked, wrong);
      if (anchor && row.seq === BigInt(anchor.seq)) anchorSeen = row.hash === anchor.hash;
      previous = { seq: row.seq, hash: row.hash };
      checked += 1;
    }
    if (rows.length < batchSize) break;
  }
  if (!anchorSeen && anchor) {
    return broken(BigInt(anchor.seq), checked, "events verified before are gone from the end of the chain");
  }
  if (checked > 0) {
    await putSetting(getPool(), anchorKey, { seq: Number(previous.seq), hash: previous.hash });
  }
  return {
    ok: true,
    checked,
    lastSeq: checked > 0 ? Number(previous.seq) : null,
    lastHash: checked > 0 ? previous.hash : null,
    brokenSeq: null,
    message: checked === 1 ? "1 event; the chain is whole." : `${checked} events; the chain is whole.`,
  };
}

async function readBatch(afterSeq: bigint): Promise<Row[]> {
  return await query<Row>(
    `SELECT seq, id, at, prev_hash, hash, ARRAY[coalesce(actor_id, ''), actor_label, via, action, object_type,
       object_id, coalesce(project_id, ''), outcome, detail::text, request_id, ip] AS fields
     FROM audit_event WHERE seq > $1 ORDER BY seq LIMIT ${batchSize}`,
    [afterSeq],
  );
}

function problemOf(row: Row, previousHash: string): string | null {
  if (row.prev_hash !== previousHash) return "the event before it was changed, removed or slipped in";
  const content = [row.prev_hash, row.id, row.at.toISOString(), ...row.fields].join("\n");
  const hash = createHash("sha256").update(content, "utf8").digest("hex");
  return hash === row.hash ? null : "its content was changed after it was written";
}

function broken(seq: bigint, checked: number, why: string): AuditVerification {
  return {
    ok: false,
    checked,
    lastSeq: null,
    lastHash: null,
    brokenSeq: Number(seq),
    message: `The chain is broken at event ${seq}: ${why}.`,
  };
}
