import { z } from "zod";
import { cancelRun } from "@/lib/features/runs";
import { otherMethods, route } from "@/lib/platform/http";

export const POST = route({
  permission: "run.operate",
  summary: "Cancel a run",
  tags: ["Runs"],
  schemas: { params: z.object({ id: z.string() }) },
  response: z.object({ id: z.string() }),
  handler: async ({ actor, params }) => {
    await cancelRun(actor, params.id);
    return { id: params.id };
  },
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
