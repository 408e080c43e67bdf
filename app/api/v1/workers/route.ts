import { z } from "zod";
import { listWorkers } from "@/lib/features/housekeeping";
import { workerSchema } from "@/lib/features/housekeeping/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "queue.read",
  summary: "List workers",
  tags: ["Operations"],
  response: z.object({ items: z.array(workerSchema) }),
  handler: async () => ({ items: await listWorkers() }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
