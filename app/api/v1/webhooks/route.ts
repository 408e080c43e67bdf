import { createWebhook, listWebhooks } from "@/lib/features/notifications";
import { webhookCreate, webhookCreated, webhookDto } from "@/lib/features/notifications/schema";
import { created, listResponse, otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "settings.read",
  summary: "List webhooks",
  tags: ["Operations"],
  response: listResponse(webhookDto),
  handler: async ({ actor }) => ({ items: await listWebhooks(actor), nextCursor: null }),
});

export const POST = route({
  permission: "settings.manage",
  summary: "Create a webhook (signing secret returned once)",
  tags: ["Operations"],
  status: 201,
  schemas: { body: webhookCreate },
  response: webhookCreated,
  handler: async ({ actor, body }) => created(await createWebhook(actor, body)),
});

export const { PUT, PATCH, DELETE } = otherMethods("GET", "POST");
