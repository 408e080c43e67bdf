import { z } from "zod";
import { dismissFailedChange } from "@/lib/features/environments";
import { noContent, otherMethods, route } from "@/lib/platform/http";

export const DELETE = route({
  permission: "environment.request",
  summary: "Dismiss the notice of a failed change",
  tags: ["Environments"],
  schemas: { params: z.object({ id: z.string() }) },
  status: 204,
  handler: async ({ actor, params }) => {
    await dismissFailedChange(actor, params.id);
    return noContent();
  },
});

export const { GET, POST, PUT, PATCH } = otherMethods("DELETE");
