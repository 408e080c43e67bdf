import { z } from "zod";
import { listNotifications } from "@/lib/features/notifications";
import { notificationDto } from "@/lib/features/notifications/schema";
import { listResponse, otherMethods, pageQuery, route } from "@/lib/platform/http";

export const GET = route({
  authenticated: true,
  summary: "List your notifications, newest first",
  tags: ["Me"],
  schemas: { query: pageQuery.extend({ unread: z.stringbool().optional() }) },
  response: listResponse(notificationDto),
  handler: async ({ actor, query }) => await listNotifications(actor, query),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
