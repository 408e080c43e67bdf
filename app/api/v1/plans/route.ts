import { prepareRequest, toPreview } from "@/lib/features/requests";
import { previewSchema, requestBody } from "@/lib/features/requests/schema";
import { otherMethods, route } from "@/lib/platform/http";

/** The answer to a request without submitting it: nothing is written. */
export const POST = route({
  permission: "environment.request",
  summary: "Plan a request without submitting it",
  tags: ["Requests"],
  schemas: { body: requestBody },
  response: previewSchema,
  handler: async ({ actor, body }) => toPreview(await prepareRequest(actor, body)),
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
