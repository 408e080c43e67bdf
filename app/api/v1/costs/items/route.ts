import { z } from "zod";
import { costItems } from "@/lib/features/chargeback";
import { costGroups, costItemsSchema, monthText } from "@/lib/features/chargeback/schema";
import { otherMethods, pageQuery, route } from "@/lib/platform/http";

/** Per environment, component and meter; per day when all three are named. Of the projects the caller may see. */
export const GET = route({
  permission: "cost.read",
  summary: "List cost line items",
  tags: ["Costs"],
  schemas: {
    query: z.object({
      group: z.enum(costGroups).optional(),
      key: z.string().max(120).optional().describe("ID within the group, for example of a project"),
      environment: z.string().max(60).optional(),
      component: z.string().max(120).optional(),
      meter: z.string().max(60).optional(),
      q: z.string().trim().max(100).optional().describe("Filter by environment name (substring)"),
      days: z.coerce.number().int().min(1).max(366).default(30),
      month: monthText.optional().describe("Calendar month, instead of the most recent days"),
      sort: z.enum(["amount", "environment"]).optional(),
      ...pageQuery.shape,
    }),
  },
  response: costItemsSchema,
  csv: { filename: "costs" },
  handler: async ({ actor, query }) => await costItems(actor, query),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
