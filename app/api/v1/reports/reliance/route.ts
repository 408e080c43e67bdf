import { z } from "zod";
import { reliance } from "@/lib/features/reports";
import { relianceSchema } from "@/lib/features/reports/schema";
import { listResponse, otherMethods, route } from "@/lib/platform/http";

/** Per template, within the projects the caller may report on. */
export const GET = route({
  permission: "report.read",
  summary: "Get template reliance",
  tags: ["Reports"],
  schemas: { query: z.object({ days: z.coerce.number().int().min(1).max(730).default(30) }) },
  response: listResponse(relianceSchema),
  handler: async ({ actor, query }) => ({ items: await reliance(actor, query.days), nextCursor: null }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
