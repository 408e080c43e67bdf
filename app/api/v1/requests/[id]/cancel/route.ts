import { z } from "zod";
import { cancelRequest } from "@/lib/features/requests";
import { otherMethods, route } from "@/lib/platform/http";

export const POST = route({
  permission: "request.cancel",
  summary: "Cancel a request or its run",
  tags: ["Requests"],
  schemas: { params: z.object({ id: z.string() }) },
  response: z.object({ status: z.enum(["cancelled", "canceling"]) }),
  handler: async ({ actor, params }) => await cancelRequest(actor, params.id),
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
