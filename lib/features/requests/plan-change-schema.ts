import { z } from "zod";
import { changeActions } from "@/lib/engine/plan/types";

const size = z.object({ cpu: z.number(), memoryBytes: z.number(), storageBytes: z.number() });

/** What a plan does to one component, as the API shows it. */
export const planChangeSchema = z.object({
  component: z.string(),
  title: z.string(),
  action: z.enum(changeActions),
  kind: z.string(),
  cloud: z.object({ id: z.string(), name: z.string() }),
  dependsOn: z.array(z.string()),
  follows: z.boolean(),
  disruptive: z.boolean(),
  reason: z.string(),
  size,
  replicas: z.number(),
  before: z.object({ size, replicas: z.number() }).nullable(),
  diff: z.array(
    z.object({
      path: z.string(),
      before: z.unknown(),
      after: z.unknown(),
      secret: z.boolean().optional(),
      unknown: z.boolean().optional(),
    }),
  ),
  /** Of a move: the cloud in which the component is deleted once it runs in `cloud`. */
  from: z.object({ id: z.string(), name: z.string() }).optional(),
  /** Of a move: how its data is copied. */
  carries: z.enum(["nothing", "volumes", "dump"]).optional(),
  /** Of a creation: the backup its data comes from. */
  restores: z.string().optional(),
  /** Data of it that is gone, and the backup it comes back from; null there when it starts empty. */
  dataLoss: z
    .object({
      what: z.array(z.string()),
      backup: z.object({ id: z.string(), takenAt: z.string() }).nullable(),
    })
    .optional(),
});

export type PlanChangeAction = z.output<typeof planChangeSchema>["action"];
