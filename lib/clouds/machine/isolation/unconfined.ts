import type { IsolationLevel } from "@/lib/platform/sandbox";
import { DriverError } from "../../contract";
import type { Machine } from "../machine";
import type { ProcessRecord } from "../record";

/** What helps where nothing confines components: one package, on every common distribution. */
const remedy =
  "Install the bubblewrap package, or start Rostrum with MACHINE_CLOUD=unsafe to accept the risk.";

export const notIsolated =
  "Ready, but not isolated: components can read what Rostrum can. Install the bubblewrap package to isolate them.";

/** Why nothing may be started here now, for people; null when all may. */
export async function pauseReason({ sandbox, host }: Machine): Promise<string | null> {
  if (sandbox.isolation.level !== "none") return null;
  const reason = (await host.reasonAgainstUnconfined?.()) ?? null;
  return reason === null ? null : `Paused: this host can’t isolate components, and ${reason}. ${remedy}`;
}

/** @throws DriverError (permanent) when nothing may be started here */
export async function refuseUnconfined(machine: Machine): Promise<void> {
  const reason = await pauseReason(machine);
  if (reason) throw new DriverError("permanent", reason, { hint: remedy });
}

const strength: Record<IsolationLevel, number> = { none: 0, "separate-users": 1, namespaces: 2 };

/** Whether a process was started with all the walls there are here. */
export function isConfined({ sandbox, networks }: Machine, entry: ProcessRecord): boolean {
  const isStrong = strength[entry.isolation ?? "none"] >= strength[sandbox.isolation.level];
  return isStrong && (networks === null || entry.ownNetwork === true);
}
