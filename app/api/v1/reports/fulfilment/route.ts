import { z } from "zod";
import { fulfilment } from "@/lib/features/reports";
import { fulfilmentSchema } from "@/lib/features/reports/schema";
import { listResponse, otherMethods, route } from "@/lib/platform/http";

/** Per template and in all (template ""). */
export const GET = route({
  permission: "report.read",
  summary: "Lead time and success rate of requests for new environments",
  tags: ["Reports"],
  schemas: { query: z.object({ days: z.coerce.number().int().min(1).max(730).default(30) }) },
  response: listResponse(fulfilmentSchema),
  handler: async ({ actor, query }) => ({ items: await fulfilment(actor, query.days), nextCursor: null }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
