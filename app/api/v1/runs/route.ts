import { z } from "zod";
import { requestKinds } from "@/lib/features/requests/schema";
import { listRuns } from "@/lib/features/runs";
import { runSorts, runSummarySchema } from "@/lib/features/runs/schema";
import { listResponse, otherMethods, pageQuery, route } from "@/lib/platform/http";

export const GET = route({
  permission: "run.read",
  summary: "List runs",
  tags: ["Runs"],
  schemas: {
    query: pageQuery.extend({
      environment: z.string().max(60).optional(),
      status: runSummarySchema.shape.status.optional(),
      kind: z.enum(requestKinds).optional(),
      q: z.string().trim().max(100).optional(),
      days: z.coerce.number().int().min(1).max(366).optional().describe("Created within so many days"),
      sort: z.enum(runSorts).optional(),
      direction: z.enum(["asc", "desc"]).optional(),
    }),
  },
  response: listResponse(runSummarySchema),
  handler: async ({ actor, query }) => await listRuns(actor, query),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
