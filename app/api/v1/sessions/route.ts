import { z } from "zod";
import { listSessions, revokeOtherSessions } from "@/lib/features/identity";
import { revokeTokensOption, sessionDto } from "@/lib/features/identity/schema";
import { listResponse, noContent, otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  authenticated: true,
  summary: "List active sessions",
  tags: ["Me"],
  response: listResponse(sessionDto),
  handler: async ({ actor }) => ({ items: await listSessions(actor), nextCursor: null }),
});

export const DELETE = route({
  authenticated: true,
  summary: "Sign out all other sessions",
  tags: ["Me"],
  status: 204,
  schemas: { query: z.object({ revokeTokens: revokeTokensOption }) },
  handler: async ({ actor, query }) => {
    await revokeOtherSessions(actor, query.revokeTokens);
    return noContent();
  },
});

export const { POST, PUT, PATCH } = otherMethods("GET", "DELETE");
