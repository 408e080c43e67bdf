import type { EnvironmentStatus } from "@/gen/kysely/enums";
import { stateMachine } from "@/lib/kernel/state-machine";

/**
 * While a run changes an environment it is provisioning, changing or destroying; a run that only heals or acts leaves the
 * status. A cloud that is deleted by force ends environments whatever they are: destroyed where they had nothing
 * elsewhere, else failed, and a run that was under way then still ends.
 */
export const environmentStates = stateMachine<EnvironmentStatus>({
  name: "environment",
  initial: "pending",
  moves: {
    // Destroyed: the request to create it was rejected, canceled or expired.
    pending: ["provisioning", "destroyed"],
    provisioning: ["running", "failed", "destroyed"],
    running: ["changing", "destroying", "failed", "destroyed"],
    // After a failure: what is left of it.
    changing: ["running", "stopped", "failed", "destroyed"],
    stopped: ["changing", "destroying", "failed", "destroyed"],
    // Provisioning: a user resumes the creation. Running and stopped: the end of a run under way.
    failed: ["provisioning", "changing", "destroying", "running", "stopped", "destroyed"],
    // A failed destruction: what is left of it.
    destroying: ["destroyed", "failed", "running", "stopped"],
    destroyed: [],
  },
});
