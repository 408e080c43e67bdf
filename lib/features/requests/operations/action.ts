import { z } from "zod";
import { change } from "./body-parts";
import { type Operation, ordinary } from "./operation";

/** Runs a command that the template offers. */
export const action = {
  ...ordinary,
  body: z.strictObject({ kind: z.literal("action"), ...change, action: z.string().min(1).max(64) }),
  words: {
    label: "Action",
    command: "Run action in",
    doing: "Running action on",
    progress: "Running action",
    ended: ": action completed",
    past: "Action completed",
    noun: "Action",
  },
  needs: { ...ordinary.needs, running: true, diskRoom: true },
  work: { plan: "own" },
  statusDuring: null,
  statusAfter: null,
  besideChanges: true,
} as const satisfies Operation;
