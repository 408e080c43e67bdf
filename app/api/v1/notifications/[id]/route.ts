import { z } from "zod";
import { markRead } from "@/lib/features/notifications";
import { noContent, otherMethods, route } from "@/lib/platform/http";

export const PATCH = route({
  authenticated: true,
  summary: "Mark a notification as read",
  tags: ["Me"],
  status: 204,
  schemas: { params: z.object({ id: z.string().min(1).max(60) }), body: z.object({ read: z.literal(true) }) },
  handler: async ({ actor, params: { id } }) => {
    await markRead(actor, id);
    return noContent();
  },
});

export const { GET, POST, PUT, DELETE } = otherMethods("PATCH");
