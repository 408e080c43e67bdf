import { z } from "zod";
import { resumeStoppedRun } from "@/lib/features/runs";
import { otherMethods, route } from "@/lib/platform/http";

export const POST = route({
  permission: "run.operate",
  summary: "Resume a failed or canceled run",
  tags: ["Runs"],
  schemas: { params: z.object({ id: z.string() }) },
  response: z.object({ id: z.string() }),
  handler: async ({ actor, params }) => {
    await resumeStoppedRun(actor, params.id);
    return { id: params.id };
  },
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
