import { z } from "zod";
import { revokeSession } from "@/lib/features/identity";
import { noContent, otherMethods, route } from "@/lib/platform/http";

export const DELETE = route({
  authenticated: true,
  summary: "End one of my sessions",
  tags: ["Me"],
  status: 204,
  schemas: { params: z.object({ id: z.string().min(1).max(60) }) },
  handler: async ({ actor, params: { id } }) => {
    await revokeSession(actor, id);
    return noContent();
  },
});

export const { GET, POST, PUT, PATCH } = otherMethods("DELETE");
