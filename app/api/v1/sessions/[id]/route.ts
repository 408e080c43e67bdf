import { z } from "zod";
import { revokeSession } from "@/lib/features/identity";
import { revokeTokensOption } from "@/lib/features/identity/schema";
import { noContent, otherMethods, route } from "@/lib/platform/http";

export const DELETE = route({
  authenticated: true,
  summary: "Revoke a session",
  tags: ["Me"],
  status: 204,
  schemas: {
    params: z.object({ id: z.string().min(1).max(60) }),
    query: z.object({ revokeTokens: revokeTokensOption }),
  },
  handler: async ({ actor, params: { id }, query }) => {
    await revokeSession(actor, id, query.revokeTokens);
    return noContent();
  },
});

export const { GET, POST, PUT, PATCH } = otherMethods("DELETE");
