import { z } from "zod";
import { environmentCost } from "@/lib/features/chargeback";
import { environmentCostSchema } from "@/lib/features/chargeback/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "cost.read",
  summary: "Get environment costs",
  tags: ["Costs"],
  schemas: { params: z.object({ id: z.string() }) },
  response: environmentCostSchema,
  handler: async ({ actor, params }) => await environmentCost(actor, params.id),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
