import { livenessTick, monitoringTick } from "@/lib/features/monitoring";
import { loop, type Stop, stopAll } from "./loop";

/** Every environment fully every 10 s; whether its processes live every 3 s. */
export async function start(): Promise<Stop> {
  return stopAll([
    loop("monitoring", 2_000, (signal) => monitoringTick(signal)),
    loop("liveness", 3_000, (signal) => livenessTick(signal)),
  ]);
}
