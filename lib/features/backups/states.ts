import type { BackupStatus } from "@/gen/kysely/enums";
import { stateMachine } from "@/lib/kernel/state-machine";

export const backupStates = stateMachine<BackupStatus>({
  name: "backup",
  initial: "running",
  moves: {
    running: ["succeeded", "failed"],
    succeeded: ["deleted"],
    // Succeeded: a resumed run captures what its safety backup lacked.
    failed: ["succeeded", "deleted"],
    deleted: [],
  },
});
