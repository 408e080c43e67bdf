import { z } from "zod";
import { markAllRead } from "@/lib/features/notifications";
import { otherMethods, route } from "@/lib/platform/http";

export const POST = route({
  authenticated: true,
  summary: "Mark all notifications as read",
  tags: ["Me"],
  response: z.object({ marked: z.number().int() }),
  handler: async ({ actor }) => ({ marked: await markAllRead(actor) }),
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
