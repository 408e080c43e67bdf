import { z } from "zod";
import { implementationKinds } from "@/lib/clouds/contract";
import { lossReasons } from "@/lib/engine/plan/types";
import { verdictSchema } from "@/lib/features/policies/schema";
import { lossListSchema } from "./loss-schema";
import { planChangeSchema } from "./plan-change-schema";
import { planCostSchema } from "./schema";

const kind = z.enum(implementationKinds);
const isSo = z.literal(true).optional();

const changeSchema = planChangeSchema.extend({
  kind,
  diff: z.array(
    z.object({ path: z.string(), before: z.unknown(), after: z.unknown(), secret: isSo, unknown: isSo }),
  ),
  lostVolumes: z
    .array(
      z.object({
        name: z.string(),
        path: z.string(),
        reason: z.enum(lossReasons),
        renamedTo: z.string().optional(),
      }),
    )
    .optional(),
  lostPorts: z.array(z.string()).optional(),
});

/** The documents of a stored plan. What they do not know is dropped: nothing acts on it. */
export const storedPlanSchema = z.object({
  parameters: z.record(z.string(), z.unknown()),
  changes: z.array(changeSchema),
  cost: planCostSchema,
  lease: z.object({ days: z.number(), endsAt: z.string() }).nullable(),
  placement: z.record(z.string(), z.object({ cloudId: z.string(), cloudName: z.string(), kind })),
  reasons: z.array(z.object({ cloud: z.string(), chosen: z.boolean(), reason: z.string() })),
  verdicts: z.array(verdictSchema),
  /** Null in plans from before losses were told. */
  losses: lossListSchema.nullable(),
});
