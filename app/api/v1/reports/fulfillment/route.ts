import { z } from "zod";
import { fulfillment } from "@/lib/features/reports";
import { fulfillmentSchema } from "@/lib/features/reports/schema";
import { listResponse, otherMethods, route } from "@/lib/platform/http";

/** Per template and in all (template ""). */
export const GET = route({
  permission: "report.read",
  summary: "Get lead time and success rate of requests for new environments",
  tags: ["Reports"],
  schemas: { query: z.object({ days: z.coerce.number().int().min(1).max(730).default(30) }) },
  response: listResponse(fulfillmentSchema),
  handler: async ({ actor, query }) => ({ items: await fulfillment(actor, query.days), nextCursor: null }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
