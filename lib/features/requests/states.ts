import type { RequestStatus } from "@/gen/kysely/enums";
import { stateMachine } from "@/lib/kernel/state-machine";

export const requestStates = stateMachine<RequestStatus>({
  name: "request",
  // Approved from the start where no one has to approve it.
  initial: ["pending_approval", "approved"],
  moves: {
    pending_approval: ["approved", "rejected", "cancelled", "expired"],
    approved: ["running"],
    running: ["succeeded", "failed", "cancelled"],
    succeeded: [],
    // A user resumes its run.
    failed: ["running"],
    rejected: [],
    cancelled: ["running"],
    expired: [],
  },
});
