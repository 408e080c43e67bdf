import { z } from "zod";
import { listRunLog } from "@/lib/features/runs";
import { logLineSchema } from "@/lib/features/runs/schema";
import { listResponse, otherMethods, route } from "@/lib/platform/http";

/** Lines after a position; follow a run by asking again with the last line's id. */
export const GET = route({
  permission: "run.read",
  summary: "Get a run's log",
  tags: ["Runs"],
  schemas: {
    params: z.object({ id: z.string() }),
    query: z.object({
      after: z
        .string()
        .regex(/^\d{1,18}$/)
        .default("0"),
      limit: z.coerce.number().int().min(1).max(2_000).default(500),
    }),
  },
  response: listResponse(logLineSchema),
  handler: async ({ actor, params, query }) => await listRunLog(actor, params.id, query.after, query.limit),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
