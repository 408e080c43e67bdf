import { z } from "zod";
import { change, component } from "./body-parts";
import { type Operation, ordinary } from "./operation";

/** Replaces the instances of all components, or of one, by fresh ones. */
export const restart = {
  ...ordinary,
  body: z.strictObject({ kind: z.literal("restart"), ...change, component }),
  words: {
    label: "Restart",
    command: "Restart",
    doing: "Restarting",
    progress: "Restarting components",
    ended: " is restarted",
    past: "Restarted",
    noun: "Restart",
  },
  needs: { ...ordinary.needs, running: true, lease: "always" },
  work: { plan: "each", action: "restart", reason: "restarts" },
  ends: { settles: "dependents", verifies: false },
} as const satisfies Operation;
