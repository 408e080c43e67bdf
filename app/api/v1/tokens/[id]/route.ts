import { z } from "zod";
import { revokeToken } from "@/lib/features/tokens";
import { noContent, otherMethods, route } from "@/lib/platform/http";

export const DELETE = route({
  authenticated: true,
  summary: "Revoke an API token",
  tags: ["Me"],
  status: 204,
  schemas: { params: z.object({ id: z.string().min(1).max(60) }) },
  handler: async ({ actor, params: { id } }) => {
    await revokeToken(actor, id);
    return noContent();
  },
});

export const { GET, POST, PUT, PATCH } = otherMethods("DELETE");
