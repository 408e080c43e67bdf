import { z } from "zod";
import { change } from "./body-parts";
import { type Operation, ordinary } from "./operation";

/** Starts a stopped environment. */
export const start = {
  ...ordinary,
  body: z.strictObject({ kind: z.literal("start"), ...change }),
  words: {
    label: "Start",
    command: "Start",
    doing: "Starting",
    progress: "Starting environment",
    ended: " is running again",
    past: "Started",
    noun: "Start",
  },
  needs: { ...ordinary.needs, lease: "always" },
  work: { plan: "each", action: "start", reason: "starts" },
  ends: { settles: "dependents", verifies: false },
  marksCharts: true,
} as const satisfies Operation;
