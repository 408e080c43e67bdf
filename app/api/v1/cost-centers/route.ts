import { z } from "zod";
import { createCostCenter, listCostCenters } from "@/lib/features/projects";
import { costCenterDto, costCenterInput } from "@/lib/features/projects/schema";
import { created, listResponse, otherMethods, route } from "@/lib/platform/http";

/** Those of the caller's projects; all of them for administrators, auditors and finance. */
export const GET = route({
  permission: "cost.read",
  summary: "List cost centers",
  tags: ["Projects"],
  response: listResponse(costCenterDto),
  handler: async ({ actor }) => ({ items: await listCostCenters(actor), nextCursor: null }),
});

export const POST = route({
  permission: "cost-center.manage",
  summary: "Create a cost center",
  tags: ["Projects"],
  status: 201,
  schemas: { body: costCenterInput },
  response: z.object({ id: z.string() }),
  handler: async ({ actor, body }) => created(await createCostCenter(actor, body)),
});

export const { PUT, PATCH, DELETE } = otherMethods("GET", "POST");
