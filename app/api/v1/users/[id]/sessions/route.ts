import { z } from "zod";
import { endAccess } from "@/lib/features/users";
import { noContent, otherMethods, route } from "@/lib/platform/http";

/** At once, with the next request of each. */
export const DELETE = route({
  permission: "user.manage",
  summary: "Revoke all sessions of a user",
  tags: ["Users"],
  status: 204,
  schemas: {
    params: z.object({ id: z.string().min(1).max(60) }),
    query: z.object({ tokens: z.stringbool().default(false).describe("Also revoke the user’s API tokens") }),
  },
  handler: async ({ actor, params: { id }, query }) => {
    await endAccess(actor, id, query.tokens);
    return noContent();
  },
});

export const { GET, POST, PUT, PATCH } = otherMethods("DELETE");
