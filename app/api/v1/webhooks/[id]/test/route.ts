import { z } from "zod";
import { testWebhook } from "@/lib/features/notifications";
import { otherMethods, route } from "@/lib/platform/http";

export const POST = route({
  permission: "settings.manage",
  summary: "Send a test message to a webhook",
  tags: ["Operations"],
  schemas: { params: z.object({ id: z.string().min(1).max(60) }) },
  response: z.object({ messageId: z.string() }),
  handler: async ({ actor, params: { id } }) => await testWebhook(actor, id),
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
