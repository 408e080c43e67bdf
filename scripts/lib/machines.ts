import { runStates, stepStates } from "@/lib/engine/run/states";
import { backupStates } from "@/lib/features/backups/schema";
import { versionStates } from "@/lib/features/catalog/schema";
import { environmentStates } from "@/lib/features/environments/schema";
import { incidentStates } from "@/lib/features/monitoring/schema";
import { reservationStates } from "@/lib/features/quotas/schema";
import { requestStates } from "@/lib/features/requests/schema";
import type { StateMachine } from "@/lib/kernel/state-machine";

/** A machine with the column that a trigger guards by it, and the file that holds its table. */
export interface GuardedMachine {
  machine: StateMachine<string>;
  table: string;
  column: string;
  file: string;
}

function guarded<State extends string>(
  machine: StateMachine<State>,
  place: Omit<GuardedMachine, "machine">,
): GuardedMachine {
  // Of any text, so that all machines are one list: only what belongs to this one is asked of it.
  return { machine: machine as unknown as StateMachine<string>, ...place };
}

const file = (feature: string) => `lib/features/${feature}/states.ts`;

/** Every state machine there is. */
export const machines: readonly GuardedMachine[] = [
  guarded(environmentStates, { table: "environment", column: "status", file: file("environments") }),
  guarded(requestStates, { table: "request", column: "status", file: file("requests") }),
  guarded(runStates, { table: "run", column: "status", file: "lib/engine/run/states.ts" }),
  guarded(stepStates, { table: "step", column: "status", file: "lib/engine/run/states.ts" }),
  guarded(reservationStates, { table: "reservation", column: "state", file: file("quotas") }),
  guarded(backupStates, { table: "backup", column: "status", file: file("backups") }),
  guarded(versionStates, { table: "template_version", column: "status", file: file("catalog") }),
  guarded(incidentStates, { table: "incident", column: "status", file: file("monitoring") }),
];
