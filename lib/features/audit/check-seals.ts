import { hashOfSeal, judgeSeal, type Seal } from "@/lib/platform/audit/signing";
import type { Tx } from "@/lib/platform/db";
import { listSealsAfter } from "./store-seals";

const batchSize = 5_000;

export interface SealCheck {
  count: number;
  first: Seal | null;
  last: Seal | null;
  /** Number of the newest seal that may be believed. */
  trusted: bigint;
  /** Seals of keys that are not configured any more; later seals vouch for them. */
  vouched: number;
  problem: { seq: bigint; message: string } | null;
}

/**
 * Follows the seals from the first on: numbers without a gap, each signed with a key at hand and signing the one
 * before. A seal of a key that is not at hand counts when a later one vouches for it, as after a change of keys.
 */
export async function checkSeals(tx: Tx): Promise<SealCheck> {
  const check: SealCheck = { count: 0, first: null, last: null, trusted: 0n, vouched: 0, problem: null };
  let unknown: Seal[] = [];
  for (;;) {
    const seals = await listSealsAfter(check.last?.number ?? 0n, batchSize, tx);
    for (const seal of seals) {
      const message = problemOf(seal, check.last);
      if (message) return { ...check, problem: { seq: seal.eventSeq, message } };
      if (judgeSeal(seal) === "unknown key") unknown.push(seal);
      else {
        check.vouched += unknown.length;
        check.trusted = seal.number;
        unknown = [];
      }
      check.first ??= seal;
      check.last = seal;
      check.count += 1;
    }
    if (seals.length < batchSize) break;
  }
  const [lost] = unknown;
  if (!lost) return check;
  const message = `Seal ${lost.number} and later were made with key ${lost.keyId}, which is not configured`;
  return { ...check, problem: { seq: lost.eventSeq, message } };
}

function problemOf(seal: Seal, before: Seal | null): string | null {
  if (seal.number !== (before?.number ?? 0n) + 1n) return `Seals before seal ${seal.number} are missing`;
  if (judgeSeal(seal) === "forged")
    return `Seal ${seal.number} was not made with Rostrum’s key, or was altered`;
  if (seal.prevHash !== (before ? hashOfSeal(before) : ""))
    return `Seal ${seal.number} does not follow the one before it, which was altered or replaced`;
  if (before && seal.eventSeq < before.eventSeq)
    return `Seal ${seal.number} covers fewer events than the one before: events were removed`;
  return null;
}
