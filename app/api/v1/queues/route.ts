import { listQueues } from "@/lib/features/workers";
import { queueListSchema } from "@/lib/features/workers/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "queue.read",
  summary: "List queues with recent failures",
  tags: ["Operations"],
  response: queueListSchema,
  handler: async () => await listQueues(),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
