import { z } from "zod";
import { listActivity } from "@/lib/features/environments";
import { activitySchema } from "@/lib/features/environments/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "environment.read",
  summary: "Everything that happened to an environment",
  tags: ["Environments"],
  schemas: {
    params: z.object({ id: z.string() }),
    query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  },
  response: z.object({ items: z.array(activitySchema) }),
  handler: async ({ actor, params, query }) => ({ items: await listActivity(actor, params.id, query.limit) }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
