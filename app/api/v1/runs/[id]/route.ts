import { z } from "zod";
import { getRun } from "@/lib/features/runs";
import { runDetailSchema } from "@/lib/features/runs/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "run.read",
  summary: "Get a run with its steps",
  tags: ["Runs"],
  schemas: { params: z.object({ id: z.string() }) },
  response: runDetailSchema,
  handler: async ({ actor, params }) => await getRun(actor, params.id),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
