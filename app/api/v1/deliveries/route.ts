import { z } from "zod";
import { listDeliveries } from "@/lib/features/notifications";
import { deliveryDto, deliveryStatuses } from "@/lib/features/notifications/schema";
import { listResponse, otherMethods, pageQuery, route } from "@/lib/platform/http";

export const GET = route({
  permission: "settings.read",
  summary: "List email and webhook deliveries, newest first",
  tags: ["Operations"],
  schemas: {
    query: pageQuery.extend({
      status: z.enum(deliveryStatuses).optional(),
      webhook: z.string().max(60).optional(),
    }),
  },
  response: listResponse(deliveryDto),
  handler: async ({ actor, query }) => await listDeliveries(actor, query),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
