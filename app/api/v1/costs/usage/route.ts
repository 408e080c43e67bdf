import { z } from "zod";
import { usageOfDay } from "@/lib/features/chargeback";
import { usageRowSchema } from "@/lib/features/chargeback/schema";
import { listResponse, otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "cost.read",
  summary: "Get the usage and prices behind a day's cost",
  tags: ["Costs"],
  schemas: {
    query: z.object({
      environment: z.string().max(60),
      component: z.string().max(120),
      meter: z.string().max(60),
      day: z.iso.date(),
    }),
  },
  response: listResponse(usageRowSchema),
  csv: { filename: "usage" },
  handler: async ({ actor, query }) => ({ items: await usageOfDay(actor, query), nextCursor: null }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
