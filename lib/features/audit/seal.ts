import { hashOfSeal, judgeSeal, type Seal, signSeal } from "@/lib/platform/audit/signing";
import { getSecretKey } from "@/lib/platform/config";
import { keyIdOf } from "@/lib/platform/crypto";
import { inTransaction, lockUntilCommit, type Tx } from "@/lib/platform/db";
import { type Place, walkChain } from "./chain";
import { findChainEnd, findLastSeal, findPlaces, findSeals, insertSeal } from "./store-seals";

/** Key of the advisory lock of the process that seals; the triggers of the audit use the numbers before it. */
const sealLock = 7_266_023;

export interface SealOutcome {
  /** The newest seal; null when there is none. */
  seal: Seal | null;
  /** What contradicts an earlier seal or the chain; one sentence each. */
  problems: string[];
}

export interface SealOptions {
  /** A seal this process made or saw before: it must still be there. */
  seen?: Seal | null;
  /** Continues after a seal of a key that is lost for good. */
  afterLostKey?: boolean;
}

/**
 * Signs the head of the audit chain with the key in use, if the newest seal does not cover it yet. Before, it checks the
 * newest seal and every event since. Events that contradict are reported and sealed as they are (verifying finds them
 * again and again); after a seal that no key at hand made, none is added, because it would vouch for that one.
 */
export async function sealAudit(options: SealOptions = {}): Promise<SealOutcome> {
  const [last, end] = await Promise.all([findLastSeal(), findChainEnd()]);
  const unchanged = !options.seen || options.seen.mac === last?.mac;
  if (last && unchanged && covers(last, end) && judgeSeal(last) === "valid")
    return { seal: last, problems: [] };
  return await inTransaction(async (tx) => {
    await lockUntilCommit(tx, sealLock);
    return await sealLocked(tx, options);
  });
}

async function sealLocked(tx: Tx, options: SealOptions): Promise<SealOutcome> {
  const last = await findLastSeal(tx);
  const problems = await contradictions(last, options.seen ?? null, tx);
  const distrust = last === null ? null : distrustOf(last, options.afterLostKey ?? false);
  if (distrust) return { seal: last, problems: [...problems, distrust] };
  const from = last ? { seq: last.eventSeq, hash: last.eventHash } : { seq: 0n, hash: "" };
  const walk = await walkChain({ db: tx, from, gaplessFrom: last?.eventSeq ?? null });
  if (walk.broken) problems.push(`Event ${walk.broken.seq}: ${walk.broken.why}.`);
  const end = await findChainEnd(tx);
  if (end === null) return { seal: last, problems };
  if (last && covers(last, end)) return { seal: last, problems };
  const seal = signSeal({
    number: (last?.number ?? 0n) + 1n,
    at: new Date(),
    eventSeq: end.seq,
    eventHash: end.hash,
    prevHash: last ? hashOfSeal(last) : "",
  });
  await insertSeal(seal, tx);
  return { seal, problems };
}

/** A seal of an earlier key is replaced, so that the earlier key can be dropped. */
function covers(seal: Seal, end: Place | null): boolean {
  return seal.eventSeq === end?.seq && seal.eventHash === end.hash && seal.keyId === keyIdOf(getSecretKey());
}

/** Why no seal may follow this one; null when one may. */
function distrustOf(last: Seal, afterLostKey: boolean): string | null {
  const verdict = judgeSeal(last);
  if (verdict === "forged") return `Seal ${last.number} was altered.`;
  if (verdict === "valid" || afterLostKey) return null;
  return `Seal ${last.number} was made with key ${last.keyId}, which is not configured.`;
}

async function contradictions(last: Seal | null, seen: Seal | null, tx: Tx): Promise<string[]> {
  const problems: string[] = [];
  if (seen) {
    const [same] = await findSeals([seen.number], tx);
    if (same?.mac !== seen.mac) problems.push(`Seal ${seen.number} is gone or was replaced.`);
  }
  if (last) {
    const [event] = await findPlaces([last.eventSeq], tx);
    if (event?.hash !== last.eventHash)
      problems.push(`Event ${last.eventSeq} is not the one that seal ${last.number} covers.`);
  }
  return problems;
}
