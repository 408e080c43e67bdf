import { createAuditKeeper } from "@/lib/features/audit";
import { checkAllClouds } from "@/lib/features/clouds";
import { housekeepingTick } from "@/lib/features/housekeeping";
import { leaseTick } from "@/lib/features/leases";
import { loop, type Stop, stopAll } from "./loop";

/** Leases, health of clouds, the seals of the audit, and tidying up. */
export async function start(): Promise<Stop> {
  const audit = createAuditKeeper();
  const stop = stopAll([
    loop("audit seals", 10_000, () => audit.seal()),
    loop("audit heads", 60_000, () => audit.head()),
    loop("leases", 15_000, () => leaseTick()),
    loop("clouds", 60_000, () => checkAllClouds()),
    loop("housekeeping", 5 * 60_000, () => housekeepingTick()),
  ]);
  return async () => {
    await stop();
    await audit.close();
  };
}
