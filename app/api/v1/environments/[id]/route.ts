import { z } from "zod";
import { getEnvironment, transferEnvironment } from "@/lib/features/environments";
import { environmentDetailSchema, environmentUpdate } from "@/lib/features/environments/schema";
import { otherMethods, route } from "@/lib/platform/http";

const params = z.object({ id: z.string() });

export const GET = route({
  permission: "environment.read",
  summary: "Get an environment with its resources and URLs",
  tags: ["Environments"],
  schemas: { params },
  response: environmentDetailSchema,
  handler: async ({ actor, params }) => await getEnvironment(actor, params.id),
});

/** What is not a change of what runs: who owns it. Everything else is a request. */
export const PATCH = route({
  permission: "environment.transfer",
  summary: "Transfer an environment to another owner",
  tags: ["Environments"],
  schemas: { params, body: environmentUpdate },
  response: environmentDetailSchema,
  handler: async ({ actor, params, body }) => await transferEnvironment(actor, params.id, body.owner),
});

export const { POST, PUT, DELETE } = otherMethods("GET", "PATCH");
