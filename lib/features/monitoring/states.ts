import type { IncidentStatus } from "@/gen/kysely/enums";
import { stateMachine } from "@/lib/kernel/state-machine";

/** What an incident is about. */
export type IncidentKind = "down" | "missing" | "unhealthy" | "cloud-unreachable";

export const incidentStates = stateMachine<IncidentStatus>({
  name: "incident",
  initial: "open",
  moves: {
    open: ["resolved"],
    // It comes back within a few minutes.
    resolved: ["open"],
  },
});
