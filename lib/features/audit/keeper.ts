import type { Seal } from "@/lib/platform/audit/signing";
import { withFreeLock } from "@/lib/platform/db";
import { raiseAlarm } from "./alarm";
import { contradictionOf } from "./check-heads";
import { deliverHeads } from "./delivery";
import { appendHead, findLastHead } from "./heads";
import { sealAudit } from "./seal";

/** Key of the advisory lock of the process that writes and sends heads. */
const headLock = 7_266_024;
const headEveryMs = 3_600_000;

/** Keeps the audit sealed for as long as a worker process runs. */
export interface AuditKeeper {
  /** Seals what was added since the last time; an alarm is raised for what contradicts an earlier seal. */
  seal(): Promise<void>;
  /** Writes the hourly head when it is due, and sends what sinks have not got yet. */
  head(): Promise<void>;
  /** Seals and writes a head whatever the time is. */
  close(): Promise<void>;
}

/** Made once per process: it remembers the newest seal it saw, so that a removal is noticed. */
export function createAuditKeeper(): AuditKeeper {
  let seen: Seal | null = null;

  const seal = async () => {
    const outcome = await sealAudit({ seen });
    seen = outcome.seal;
    if (outcome.problems.length > 0) await alarm(outcome.problems.join(" "));
  };

  const write = async (last = findLastHead()) => {
    const contradiction = last && (await contradictionOf([last]));
    if (contradiction) await alarm(`${contradiction.message}.`);
    await seal();
    if (seen) appendHead(seen);
  };

  return {
    seal,
    head: () =>
      alone(async () => {
        const last = findLastHead();
        if (!last || Date.now() - Date.parse(last.time) >= headEveryMs) await write(last);
        await deliverHeads();
      }),
    close: () => alone(() => write()),
  };
}

async function alarm(problem: string): Promise<void> {
  await raiseAlarm({
    action: "audit.integrity",
    about: "chain",
    title: "Audit log failed its integrity check",
    problem,
  });
}

/** One process at a time; one that comes second leaves it to the other. */
async function alone(work: () => Promise<void>): Promise<void> {
  await withFreeLock(headLock, work);
}
