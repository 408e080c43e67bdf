import { closeMonth, listStatements } from "@/lib/features/chargeback";
import { closeMonthBody, statementSummarySchema } from "@/lib/features/chargeback/schema";
import { created, listResponse, otherMethods, route } from "@/lib/platform/http";

/** All for finance, auditors and administrators; else those of the cost centers the caller owns. */
export const GET = route({
  permission: "cost.read",
  summary: "List statements",
  tags: ["Costs"],
  response: listResponse(statementSummarySchema),
  handler: async ({ actor }) => ({ items: await listStatements(actor), nextCursor: null }),
});

export const POST = route({
  permission: "statement.close",
  summary: "Close a month (creates one immutable statement per cost center)",
  tags: ["Costs"],
  status: 201,
  schemas: { body: closeMonthBody },
  response: listResponse(statementSummarySchema),
  handler: async ({ actor, body }) => created({ items: await closeMonth(actor, body), nextCursor: null }),
});

export const { PUT, PATCH, DELETE } = otherMethods("GET", "POST");
