import { z } from "zod";
import { change, leaseDays } from "./body-parts";
import { type Operation, ordinary } from "./operation";

/** Moves the end of the lease; components stay as they are. */
export const extend = {
  ...ordinary,
  body: z.strictObject({ kind: z.literal("extend"), ...change, leaseDays }),
  words: {
    label: "Extend lease",
    command: "Extend lease of",
    doing: "Extending lease of",
    progress: "Extending lease",
    ended: ": lease extended",
    past: "Lease extended",
    noun: "Lease extension",
  },
  needs: { ...ordinary.needs, secrets: false },
  work: { plan: "each", action: "no-op", reason: "lease is extended" },
  raisesCost: true,
  statusDuring: null,
  statusAfter: null,
  besideChanges: true,
} as const satisfies Operation;
