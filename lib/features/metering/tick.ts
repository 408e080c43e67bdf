import { type Db, inTransaction, type Tx } from "@/lib/platform/db";
import { findNextHour, lockMetering, meterHour } from "./meter.sql";

const hourMs = 3_600_000;
/** One turn does at most so many hours; the next turn continues. */
const maxHours = 24 * 14;
/** A transaction that held something in the hour may commit a little after its end. */
const settleMs = 60_000;

export interface MeteringResult {
  hours: number;
  /** Usage records written. */
  records: number;
}

/**
 * Records and charges every full hour that is not metered yet, oldest first, each in one transaction. Doing it twice or
 * at the same time in several processes writes nothing twice; what was missed while nothing ran is caught up.
 * Demo environments are left out: their history is written with them.
 * @param nowMs the moment to count as now; the system's clock if absent
 */
export async function meteringTick(nowMs: number = Date.now()): Promise<MeteringResult> {
  const result: MeteringResult = { hours: 0, records: 0 };
  while (result.hours < maxHours) {
    const done = await inTransaction((tx) => meterNextHour(tx, nowMs));
    if (done === null) break;
    result.hours += 1;
    result.records += done;
  }
  return result;
}

/** The next hour to be metered begins here: all before it is charged. Null while nothing was ever held. */
export async function meteredUntil(db?: Db): Promise<Date | null> {
  return await findNextHour(db);
}

/** Answers how many records the hour has, or null when there is none to be metered. */
async function meterNextHour(tx: Tx, nowMs: number): Promise<number | null> {
  await lockMetering(tx);
  const hour = await meteredUntil(tx);
  if (hour === null || hour.getTime() + hourMs + settleMs > nowMs) return null;
  return await meterHour(tx, hour);
}
