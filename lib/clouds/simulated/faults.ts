import { type ComponentRef, DriverError } from "../contract";
import type { Fault, SimulatedConfig } from "./config";
import type { SimulatedStore } from "./store";

/** Lets the scripted faults of a call strike. Hanging ends only with the signal. */
export async function strikeFaults(
  config: SimulatedConfig,
  store: SimulatedStore,
  at: { call: Fault["call"]; when: Fault["when"]; ref: ComponentRef; signal?: AbortSignal },
): Promise<void> {
  for (const [index, fault] of config.faults.entries()) {
    if (fault.call !== at.call || fault.when !== at.when) continue;
    if (fault.component !== "*" && fault.component !== at.ref.component) continue;
    if (Math.random() >= fault.probability) continue;
    if (fault.times !== null) {
      const before = await store.strike(`${index}.${at.ref.environmentId}.${at.ref.component}`);
      if (before >= fault.times) continue;
    }
    await strike(fault, at.signal);
  }
}

async function strike(fault: Fault, signal: AbortSignal | undefined): Promise<void> {
  switch (fault.effect) {
    case "crash":
      process.kill(process.pid, "SIGKILL");
      return;
    case "hang":
      await untilAborted(signal);
      throw new DriverError("unknown", "The simulated cloud didn’t respond.");
    case "unreachable":
      throw new DriverError("retryable", "The simulated cloud is unreachable.", { unreachable: true });
    case "rubbish":
      throw new Error("<html>502 Bad Gateway</html>");
    default:
      throw new DriverError(fault.effect, `Simulated failure: ${fault.effect}.`);
  }
}

function untilAborted(signal: AbortSignal | undefined): Promise<void> {
  if (!signal) throw new DriverError("unknown", "The simulated cloud didn’t respond.");
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
