import { findAuditPowers, getPool, query } from "@/lib/platform/db";
import { getDeliveries } from "./delivery";
import { findLastHead } from "./heads";
import type { AuditStatus } from "./schema";
import { findChainEnd, findLastSeal } from "./seal-store";
import { listSinks } from "./sinks";

/** How the audit is protected at this moment; for screens, it verifies nothing. */
export async function getAuditStatus(): Promise<AuditStatus> {
  const [seal, end, deliveries, powers, alarms] = await Promise.all([
    findLastSeal(),
    findChainEnd(),
    getDeliveries(),
    findAuditPowers(getPool()),
    query<{ at: Date; problem: string }>(
      `SELECT at, detail->>'problem' AS problem FROM audit_event
        WHERE object_type = 'audit' AND object_id = 'chain' AND action = 'audit.integrity'
        ORDER BY seq DESC LIMIT 1`,
    ),
  ]);
  const [alarm] = alarms;
  return {
    lastSealAt: seal?.at.toISOString() ?? null,
    unsealed: Number((end?.seq ?? 0n) - (seal?.eventSeq ?? 0n)),
    lastHeadAt: findLastHead()?.time ?? null,
    alarm: alarm ? { at: alarm.at.toISOString(), problem: alarm.problem } : null,
    powers,
    sinks: listSinks().map(({ name, target }) => ({
      name,
      target,
      lastOkAt: deliveries[name]?.lastOkAt ?? null,
      failingSince: deliveries[name]?.failingSince ?? null,
      error: deliveries[name]?.error ?? null,
    })),
  };
}
