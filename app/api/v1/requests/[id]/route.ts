import { z } from "zod";
import { getRequest } from "@/lib/features/requests";
import { requestDetailSchema } from "@/lib/features/requests/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "request.read",
  summary: "Get a request with its plan, policy checks and approvals",
  tags: ["Requests"],
  schemas: { params: z.object({ id: z.string() }) },
  response: requestDetailSchema,
  handler: async ({ actor, params }) => await getRequest(actor, params.id),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
