import { findAuditPowers, getPool, inSnapshot, type Tx } from "@/lib/platform/db";
import { type ChainBreak, type Place, type Walk, walkChain } from "./chain";
import { checkHeads, type HeadCheck } from "./check-heads";
import { checkSeals, type SealCheck } from "./check-seals";
import { headsFile } from "./heads";
import { readProgress } from "./progress";
import type { AuditProblem, AuditVerification } from "./schema";
import { sealAudit } from "./seal";
import { listSinks } from "./sinks";
import { listSealedPlaces } from "./store-seals";

/**
 * Checks the audit three ways: the hash chain, computed again in Node; the seals, made with a key that the database does
 * not have, against the chain; the heads in the file outside the database against both. Every check runs, whatever
 * another one finds. Seals the chain when all is well.
 */
export async function verifyAuditChain(): Promise<AuditVerification> {
  const { seals, walk, heads } = await inSnapshot(async (tx) => {
    const seals = await checkSeals(tx);
    const walk = await walkChain({
      db: tx,
      gaplessFrom: seals.first?.eventSeq ?? null,
      onBatch: comparison(tx, seals.trusted),
    });
    return { seals, walk, heads: await checkHeads(tx) };
  });
  const problems = problemsOf(seals, walk, heads);
  if (problems.length === 0) await sealAudit();
  const [first] = problems;
  return {
    ok: problems.length === 0,
    checked: walk.checked,
    lastSeq: first || walk.checked === 0 ? null : Number(walk.last.seq),
    lastHash: first || walk.checked === 0 ? null : walk.last.hash,
    brokenSeq: first?.seq ?? null,
    message: first ? problems.map((one) => one.message).join(" ") : summaryOf(walk, seals, heads),
    problems,
    warnings: [
      ...warningsOf(seals, heads),
      ...(await progressWarnings()),
      ...(await findAuditPowers(getPool())),
    ],
    seals: { count: seals.count, lastAt: seals.last?.at.toISOString() ?? null },
    heads: { count: heads.count, lastAt: heads.last?.time ?? null, file: headsFile() },
  };
}

/** Compares each batch of events with the believable seals that cover one of them. */
function comparison(tx: Tx, trusted: bigint): (rows: readonly Place[]) => Promise<ChainBreak | null> {
  let from = 0n;
  return async (rows) => {
    const to = rows.at(-1)?.seq;
    if (to === undefined) return null;
    const hashes = new Map(rows.map((row) => [row.seq, row.hash]));
    const sealed = await listSealedPlaces(from, to, tx);
    from = to;
    const wrong = sealed.find((one) => one.number <= trusted && hashes.get(one.seq) !== one.hash);
    if (!wrong) return null;
    return {
      seq: wrong.seq,
      by: "seals",
      why: `seal ${wrong.number} covers another event: the chain was rewritten`,
    };
  };
}

function problemsOf(seals: SealCheck, walk: Walk, heads: HeadCheck): AuditProblem[] {
  const problems: AuditProblem[] = [];
  const add = (check: AuditProblem["check"], seq: bigint, message: string) =>
    problems.push({ check, seq: Number(seq), message });
  if (walk.broken)
    add(
      walk.broken.by,
      walk.broken.seq,
      `The chain is broken at event ${walk.broken.seq}: ${walk.broken.why}.`,
    );
  if (seals.problem)
    add("seals", seals.problem.seq, `Seals: ${seals.problem.message} (event ${seals.problem.seq}).`);
  else if (!walk.broken && seals.last && seals.last.eventSeq > walk.last.seq) {
    const next = walk.last.seq + 1n;
    const { number, eventSeq } = seals.last;
    add(
      "seals",
      next,
      `Seals: seal ${number} covers event ${eventSeq}, but events are missing from ${next} on.`,
    );
  }
  if (heads.problem) add("heads", heads.problem.seq, `Heads: ${heads.problem.message}.`);
  return problems;
}

function summaryOf(walk: Walk, seals: SealCheck, heads: HeadCheck): string {
  const events = counted(walk.checked, "event");
  const counts = `${counted(seals.count, "seal")} and ${counted(heads.count, "head")}`;
  return `${events}, ${counts} verified.`;
}

function warningsOf(seals: SealCheck, heads: HeadCheck): string[] {
  return [
    ...(seals.count === 0 ? ["There were no seals before this check."] : []),
    ...(heads.count === 0
      ? [`No heads in ${headsFile()}. Workers write heads on their own host every hour.`]
      : []),
    ...(heads.unreadable > 0
      ? [`${counted(heads.unreadable, "line")} of ${headsFile()} can’t be read.`]
      : []),
    ...(seals.vouched > 0
      ? [`${counted(seals.vouched, "seal")} of earlier keys are trusted because later seals cover them.`]
      : []),
  ];
}

/** Whether it is certain what sinks have got. */
async function progressWarnings(): Promise<string[]> {
  if (listSinks().length === 0) return [];
  const { problem } = await readProgress();
  return problem ? [`${problem}. A worker will send everything to the sinks again.`] : [];
}

/** Without the no-break space of screens: this text goes to terminals and scripts too. */
function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
