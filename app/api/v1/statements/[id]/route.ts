import { z } from "zod";
import { getStatement } from "@/lib/features/chargeback";
import { statementDetailSchema } from "@/lib/features/chargeback/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "cost.read",
  summary: "Get a statement with its lines",
  tags: ["Costs"],
  schemas: { params: z.object({ id: z.string() }) },
  response: statementDetailSchema,
  handler: async ({ actor, params }) => await getStatement(actor, params.id),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
