import { z } from "zod";
import { getStatement } from "@/lib/features/chargeback";
import { statementLineSchema } from "@/lib/features/chargeback/schema";
import { listResponse, otherMethods, route } from "@/lib/platform/http";

/** The lines alone, as the CSV of a statement. */
export const GET = route({
  permission: "cost.read",
  summary: "List the lines of a statement",
  tags: ["Costs"],
  schemas: { params: z.object({ id: z.string() }) },
  response: listResponse(statementLineSchema),
  csv: { filename: "statement" },
  handler: async ({ actor, params }) => ({
    items: (await getStatement(actor, params.id)).lines,
    nextCursor: null,
  }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
