import { meteringTick } from "@/lib/features/metering";
import { loop, type Stop } from "./loop";

/** Meters full hours; what was missed while nothing ran is caught up. */
export async function start(): Promise<Stop> {
  return loop("metering", 60_000, () => meteringTick());
}
