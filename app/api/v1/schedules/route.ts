import { z } from "zod";
import { listSchedules } from "@/lib/features/workers";
import { scheduleSchema } from "@/lib/features/workers/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "queue.read",
  summary: "List recurring jobs with their last and next turns",
  tags: ["Operations"],
  response: z.object({ items: z.array(scheduleSchema) }),
  handler: async () => ({ items: await listSchedules() }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
