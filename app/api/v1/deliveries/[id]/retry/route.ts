import { z } from "zod";
import { retryDelivery } from "@/lib/features/notifications";
import { otherMethods, route } from "@/lib/platform/http";

export const POST = route({
  permission: "settings.manage",
  summary: "Retry a failed delivery",
  tags: ["Operations"],
  schemas: { params: z.object({ id: z.string().min(1).max(60) }) },
  response: z.object({ id: z.string() }),
  handler: async ({ actor, params: { id } }) => {
    await retryDelivery(actor, id);
    return { id };
  },
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
