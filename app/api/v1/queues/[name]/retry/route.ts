import { z } from "zod";
import { retryFailedMessages } from "@/lib/features/housekeeping";
import { otherMethods, route } from "@/lib/platform/http";
import { queueNames } from "@/lib/platform/queue";

export const POST = route({
  permission: "queue.manage",
  summary: "Retry the failed jobs of a queue",
  tags: ["Operations"],
  schemas: { params: z.object({ name: z.enum(queueNames) }) },
  response: z.object({ name: z.string() }),
  handler: async ({ actor, params }) => {
    await retryFailedMessages(actor, params.name);
    return { name: params.name };
  },
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
