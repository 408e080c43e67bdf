import { deleteCloud, getCloud, updateCloud } from "@/lib/features/clouds";
import { cloudParams, cloudSchema, updateCloudBody } from "@/lib/features/clouds/schema";
import { noContent, otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "One cloud",
  tags: ["Clouds"],
  permission: "cloud.read",
  schemas: { params: cloudParams },
  response: cloudSchema,
  handler: ({ params }) => getCloud(params.id),
});

export const PATCH = route({
  summary: "Change a cloud; what is absent stays",
  tags: ["Clouds"],
  permission: "cloud.manage",
  schemas: { params: cloudParams, body: updateCloudBody },
  response: cloudSchema,
  handler: ({ actor, params, body }) => updateCloud(actor, params.id, body),
});

export const DELETE = route({
  summary: "Delete a cloud that nothing lives on",
  tags: ["Clouds"],
  permission: "cloud.manage",
  schemas: { params: cloudParams },
  status: 204,
  handler: async ({ actor, params }) => {
    await deleteCloud(actor, params.id);
    return noContent();
  },
});

export const { POST, PUT } = otherMethods("GET", "PATCH", "DELETE");
