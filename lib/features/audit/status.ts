import { findAuditPowers, getPool } from "@/lib/platform/db";
import { findLastHead } from "./heads";
import { nothingSent, type Progress, readProgress } from "./progress";
import type { AuditStatus } from "./schema";
import { listSinks } from "./sinks";
import { findLastContradiction } from "./store";
import { findChainEnd, findLastSeal } from "./store-seals";

const shownForMs = 7 * 86_400_000;

/** How the audit is protected at this moment; for screens, it verifies nothing. */
export async function getAuditStatus(): Promise<AuditStatus> {
  const [seal, end, progress, powers, alarm] = await Promise.all([
    findLastSeal(),
    findChainEnd(),
    readProgress(),
    findAuditPowers(getPool()),
    findLastContradiction(),
  ]);
  return {
    lastSealAt: seal?.at.toISOString() ?? null,
    unsealed: Number((end?.seq ?? 0n) - (seal?.eventSeq ?? 0n)),
    lastHeadAt: findLastHead()?.time ?? null,
    alarm: alarm ? { at: alarm.at.toISOString(), problem: alarm.problem } : null,
    powers,
    progress: progressOf(progress),
    sinks: listSinks().map(({ name, target }) => {
      const { lastOkAt, failingSince, error } = progress.sinks[name] ?? nothingSent;
      return { name, target, lastOkAt, failingSince, error };
    }),
  };
}

/** What was or is wrong with knowing how far sinks are; an old repetition is in the audit log alone. */
function progressOf({ sinks, problem }: Progress): AuditStatus["progress"] {
  if (listSinks().length === 0) return null;
  if (problem) return { at: null, problem };
  const since = new Date(Date.now() - shownForMs).toISOString();
  const [last] = Object.values(sinks).flatMap(({ resent }) => (resent && resent.at > since ? [resent] : []));
  return last ? { at: last.at, problem: last.why } : null;
}
