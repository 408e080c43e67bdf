import { z } from "zod";
import { change, safetyBackup } from "./body-parts";
import { type Operation, ordinary } from "./operation";

/** Deletes the environment with its data. */
export const destroy = {
  ...ordinary,
  body: z.strictObject({ kind: z.literal("destroy"), ...change, safetyBackup }),
  words: {
    label: "Destroy",
    command: "Destroy",
    doing: "Destroying",
    progress: "Destroying environment",
    ended: " is destroyed",
    past: "Destroyed",
    noun: "Destruction",
  },
  needs: { ...ordinary.needs, secrets: false },
  work: { plan: "removal" },
  statusDuring: "destroying",
  statusAfter: "destroyed",
} as const satisfies Operation;
