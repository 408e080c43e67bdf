import { z } from "zod";
import { getEnvironment } from "@/lib/features/environments";
import { environmentDetailSchema } from "@/lib/features/environments/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "environment.read",
  summary: "Get an environment with its resources and links",
  tags: ["Environments"],
  schemas: { params: z.object({ id: z.string() }) },
  response: environmentDetailSchema,
  handler: async ({ actor, params }) => await getEnvironment(actor, params.id),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
