import { z } from "zod";
import { listActivity } from "@/lib/features/environments";
import { activityKinds, activitySchema } from "@/lib/features/environments/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "environment.read",
  summary: "List environment activity",
  tags: ["Environments"],
  schemas: {
    params: z.object({ id: z.string() }),
    query: z.object({
      limit: z.coerce.number().int().min(1).max(200).default(50),
      kind: z.enum(activityKinds).optional(),
      q: z.string().trim().max(100).optional(),
    }),
  },
  response: z.object({ items: z.array(activitySchema) }),
  handler: async ({ actor, params, query: { limit, ...filter } }) => ({
    items: await listActivity(actor, params.id, limit, filter),
  }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
