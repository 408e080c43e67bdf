import { z } from "zod";
import { listNewestWorkers } from "@/lib/features/workers";
import { workerItemSchema } from "@/lib/features/workers/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "queue.read",
  summary: "List workers",
  tags: ["Operations"],
  response: z.object({ items: z.array(workerItemSchema) }),
  handler: async () => ({ items: await listNewestWorkers() }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
