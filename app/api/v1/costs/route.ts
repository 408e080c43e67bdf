import { z } from "zod";
import { costOverview } from "@/lib/features/chargeback";
import { costGroups, costOverviewSchema } from "@/lib/features/chargeback/schema";
import { otherMethods, route } from "@/lib/platform/http";

/** Of the projects the caller may see; days are UTC. */
export const GET = route({
  permission: "cost.read",
  summary: "Get daily costs by group",
  tags: ["Costs"],
  schemas: {
    query: z.object({
      group: z.enum(costGroups).default("project"),
      days: z.coerce.number().int().min(1).max(366).default(30),
    }),
  },
  response: costOverviewSchema,
  handler: async ({ actor, query }) => await costOverview(actor, query),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
