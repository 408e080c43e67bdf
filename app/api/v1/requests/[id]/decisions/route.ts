import { z } from "zod";
import { decideRequest } from "@/lib/features/requests";
import { decisionBody, requestStatuses } from "@/lib/features/requests/schema";
import { otherMethods, route } from "@/lib/platform/http";

/** One decision on the plan named by its digest; never by the requester. */
export const POST = route({
  permission: "request.decide",
  summary: "Approve or reject a request's plan",
  tags: ["Requests"],
  status: 201,
  schemas: { params: z.object({ id: z.string() }), body: decisionBody },
  missingBodyIsEmpty: true,
  response: z.object({ status: z.enum(requestStatuses), runId: z.string().nullable() }),
  handler: async ({ actor, params, body }) => ({
    status: 201,
    body: await decideRequest(actor, params.id, body),
  }),
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
