import { z } from "zod";
import { change, component } from "./body-parts";
import { type Operation, ordinary } from "./operation";

/** Brings back what is gone or broken outside, one component or all: whatever is left of them. */
export const repair = {
  ...ordinary,
  body: z.strictObject({ kind: z.literal("repair"), ...change, component }),
  words: {
    label: "Repair",
    command: "Repair",
    doing: "Repairing",
    progress: "Repairing environment",
    ended: " is repaired",
    past: "Repaired",
    noun: "Repair",
  },
  needs: { ...ordinary.needs, lease: "always" },
  work: { plan: "own" },
  ends: { settles: "all", verifies: true },
  // It makes what a failed creation, whose capacity may be free again, never made.
  takesQuota: true,
  marksCharts: true,
} as const satisfies Operation;
