import { z } from "zod";
import { deleteWebhook, updateWebhook } from "@/lib/features/notifications";
import { webhookDto, webhookUpdate } from "@/lib/features/notifications/schema";
import { noContent, otherMethods, route } from "@/lib/platform/http";

const params = z.object({ id: z.string().min(1).max(60) });

export const PATCH = route({
  permission: "settings.manage",
  summary: "Update a webhook",
  tags: ["Operations"],
  schemas: { params, body: webhookUpdate },
  response: webhookDto,
  handler: async ({ actor, params: { id }, body }) => await updateWebhook(actor, id, body),
});

export const DELETE = route({
  permission: "settings.manage",
  summary: "Delete a webhook and its pending deliveries",
  tags: ["Operations"],
  status: 204,
  schemas: { params },
  handler: async ({ actor, params: { id } }) => {
    await deleteWebhook(actor, id);
    return noContent();
  },
});

export const { GET, POST, PUT } = otherMethods("PATCH", "DELETE");
