import { z } from "zod";
import { change } from "./body-parts";
import { type Operation, ordinary } from "./operation";

/** Replaces data by that of a backup. */
export const restore = {
  ...ordinary,
  body: z.strictObject({ kind: z.literal("restore"), ...change, backup: z.string().min(1).max(60) }),
  words: {
    label: "Restore",
    command: "Restore",
    doing: "Restoring",
    progress: "Restoring data",
    ended: " is restored",
    past: "Restored",
    noun: "Restore",
  },
  permission: "backup.restore",
  needs: { ...ordinary.needs, running: true, diskRoom: true },
  work: { plan: "own" },
  ends: { settles: "dependents", verifies: false },
  notices: { succeeded: "restore.finished", failed: "restore.failed" },
  marksCharts: true,
} as const satisfies Operation;
