import { z } from "zod";
import { change, cloud, parameters, safetyBackup } from "./body-parts";
import { type Operation, ordinary } from "./operation";

/** Another version, other parameters or another cloud. */
export const update = {
  ...ordinary,
  body: z.strictObject({
    kind: z.literal("update"),
    ...change,
    /** Version to move to; left out, it stays. */
    version: z.string().max(64).optional(),
    /** Merged over the present ones; null takes a value away, also a secret one. */
    parameters,
    cloud,
    safetyBackup,
  }),
  words: {
    label: "Change",
    command: "Change",
    doing: "Updating",
    progress: "Applying changes",
    ended: " is updated",
    past: "Updated",
    noun: "Update",
  },
  needs: { ...ordinary.needs, lease: "when stopped", diskRoom: true },
  work: { plan: "desired" },
  ends: { settles: "dependents", verifies: true },
  setsParameters: true,
  takesQuota: true,
  raisesCost: true,
  marksCharts: true,
} as const satisfies Operation;
