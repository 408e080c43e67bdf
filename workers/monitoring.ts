import { livenessTick, monitoringTick } from "@/lib/features/monitoring";
import { loop, type Stop, stopAll } from "./loop";

/** Every environment fully every 10 s, or as often as its health checks want; whether its processes live every 3 s. */
export async function start(): Promise<Stop> {
  return stopAll([
    loop("monitoring", 1_000, (signal) => monitoringTick(signal)),
    loop("liveness", 3_000, (signal) => livenessTick(signal)),
  ]);
}
