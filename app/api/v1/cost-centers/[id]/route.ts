import { z } from "zod";
import { updateCostCenter } from "@/lib/features/projects";
import { costCenterUpdate } from "@/lib/features/projects/schema";
import { noContent, otherMethods, route } from "@/lib/platform/http";

export const PATCH = route({
  permission: "cost-center.manage",
  summary: "Update a cost center",
  tags: ["Projects"],
  status: 204,
  schemas: { params: z.object({ id: z.string().min(1).max(60) }), body: costCenterUpdate },
  handler: async ({ actor, params: { id }, body }) => {
    await updateCostCenter(actor, id, body);
    return noContent();
  },
});

export const { GET, POST, PUT, DELETE } = otherMethods("PATCH");
