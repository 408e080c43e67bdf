import type { IncidentStatus } from "@/gen/kysely/enums";
import { stateMachine } from "@/lib/kernel/state-machine";

export const incidentKinds = ["down", "missing", "unhealthy", "cloud-unreachable"] as const;
/** What an incident is about. */
export type IncidentKind = (typeof incidentKinds)[number];

export const incidentStates = stateMachine<IncidentStatus>({
  name: "incident",
  initial: "open",
  moves: {
    open: ["resolved"],
    // It comes back within a few minutes.
    resolved: ["open"],
  },
});
