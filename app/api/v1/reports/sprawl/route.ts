import { sprawl } from "@/lib/features/reports";
import { sprawlSchema } from "@/lib/features/reports/schema";
import { listResponse, otherMethods, route } from "@/lib/platform/http";

/** Idle, expired, ownerless, failed and long stopped ones. */
export const GET = route({
  permission: "report.read",
  summary: "List reclaimable environments",
  tags: ["Reports"],
  response: listResponse(sprawlSchema),
  handler: async ({ actor }) => ({ items: await sprawl(actor), nextCursor: null }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
