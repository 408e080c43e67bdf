import { z } from "zod";
import { retryFailedJobs } from "@/lib/features/workers";
import { otherMethods, route } from "@/lib/platform/http";
import { queueNames } from "@/lib/platform/queue";

export const POST = route({
  permission: "queue.manage",
  summary: "Retry the failed jobs of a queue, or one of them",
  tags: ["Operations"],
  missingBodyIsEmpty: true,
  schemas: {
    params: z.object({ name: z.enum(queueNames) }),
    /** Without an ID: all of them. */
    body: z.object({ jobId: z.string().min(1).max(200).optional() }),
  },
  response: z.object({ name: z.string() }),
  handler: async ({ actor, params, body }) => {
    await retryFailedJobs(actor, params.name, body.jobId);
    return { name: params.name };
  },
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
