import { z } from "zod";
import { metricsOf } from "@/lib/features/monitoring";
import { metricRanges, metricsSchema } from "@/lib/features/monitoring/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "environment.read",
  summary: "Get component metrics: CPU, memory, storage and network",
  tags: ["Monitoring"],
  schemas: {
    params: z.object({ id: z.string() }),
    query: z.object({ range: z.enum(metricRanges).default("1h") }),
  },
  response: metricsSchema,
  handler: async ({ actor, params, query }) => await metricsOf(actor, params.id, query.range),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
