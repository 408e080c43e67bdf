import { z } from "zod";
import { replanRequest } from "@/lib/features/requests";
import { planSchema } from "@/lib/features/requests/schema";
import { otherMethods, route } from "@/lib/platform/http";

/** For a waiting change whose environment moved on. */
export const POST = route({
  permission: "request.plan",
  summary: "Re-plan a pending request",
  tags: ["Requests"],
  schemas: { params: z.object({ id: z.string() }) },
  response: planSchema,
  handler: async ({ actor, params }) => await replanRequest(actor, params.id),
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
