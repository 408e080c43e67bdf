import { z } from "zod";
import { listIncidents } from "@/lib/features/monitoring";
import { incidentSchema } from "@/lib/features/monitoring/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "environment.read",
  summary: "List incidents and remediation actions",
  tags: ["Monitoring"],
  schemas: { params: z.object({ id: z.string() }) },
  response: z.object({ items: z.array(incidentSchema) }),
  handler: async ({ actor, params }) => ({ items: await listIncidents(actor, params.id) }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
