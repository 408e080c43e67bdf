import { z } from "zod";
import { lineText } from "@/lib/kernel/text";
import { cloud, leaseDays, parameters, reason } from "./body-parts";
import { type Operation, ordinary } from "./operation";

/** Names of environments are DNS labels, because they become host and container names. */
export const environmentName = z
  .string()
  .trim()
  .min(2, "Use at least 2 characters")
  .max(40, "Use at most 40 characters")
  .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, "Use lowercase letters, digits and hyphens. Start with a letter");

/** A new environment. */
export const create = {
  ...ordinary,
  body: z.strictObject({
    kind: z.literal("create"),
    /** Id or slug. */
    project: z.string().min(1).max(100),
    template: z.string().min(1).max(64),
    version: z.string().max(64).optional(),
    name: environmentName,
    /** Id or name; left out, the best fit is chosen. */
    cloud,
    leaseDays: leaseDays.optional(),
    /** Begins with the data of this backup: of the same project, template and version. Its parameters hold unless given. */
    backup: z.string().min(1).max(60).optional(),
    parameters,
    /** An earlier request of the project for the template, whose secret parameters are used where none are given. */
    secretsFrom: lineText(60).optional(),
    reason,
  }),
  words: {
    label: "New environment",
    command: "New environment",
    doing: "Creating",
    progress: "Creating environment",
    ended: " is ready",
    past: "Created",
    noun: "Creation",
  },
  needs: { ...ordinary.needs, diskRoom: true },
  work: { plan: "desired" },
  ends: { settles: "no", verifies: true },
  setsParameters: true,
  takesQuota: true,
  raisesCost: true,
  statusDuring: "provisioning",
  notices: { succeeded: "environment.ready", failed: "run.failed" },
} as const satisfies Operation;
