import { z } from "zod";
import { change } from "./body-parts";
import { type Operation, ordinary } from "./operation";

/** Stops all components and keeps their data. */
export const stop = {
  ...ordinary,
  body: z.strictObject({ kind: z.literal("stop"), ...change }),
  words: {
    label: "Stop",
    command: "Stop",
    doing: "Stopping",
    progress: "Stopping environment",
    ended: " is stopped",
    past: "Stopped",
    noun: "Stop",
  },
  needs: { ...ordinary.needs, secrets: false },
  work: { plan: "each", action: "stop", reason: "stops; data is kept" },
  statusAfter: "stopped",
  marksCharts: true,
} as const satisfies Operation;
