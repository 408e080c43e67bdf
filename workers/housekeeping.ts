import { checkAllClouds } from "@/lib/features/clouds";
import { housekeepingTick } from "@/lib/features/housekeeping";
import { leaseTick } from "@/lib/features/leases";
import { loop, type Stop, stopAll } from "./loop";

/** Leases, health of clouds, and tidying up. */
export async function start(): Promise<Stop> {
  return stopAll([
    loop("leases", 15_000, () => leaseTick()),
    loop("clouds", 60_000, () => checkAllClouds()),
    loop("housekeeping", 5 * 60_000, () => housekeepingTick()),
  ]);
}
