import { getCloud, updateCloud } from "@/lib/features/clouds";
import { cloudParams, cloudSchema, deleteCloudQuery, updateCloudBody } from "@/lib/features/clouds/schema";
import { deleteCloud } from "@/lib/features/orphans";
import { noContent, otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "Get a cloud",
  tags: ["Clouds"],
  permission: "cloud.read",
  schemas: { params: cloudParams },
  response: cloudSchema,
  handler: ({ params }) => getCloud(params.id),
});

export const PATCH = route({
  summary: "Update a cloud; omitted fields keep their values",
  tags: ["Clouds"],
  permission: "cloud.manage",
  schemas: { params: cloudParams, body: updateCloudBody },
  response: cloudSchema,
  handler: ({ actor, params, body }) => updateCloud(actor, params.id, body),
});

export const DELETE = route({
  summary: "Delete a cloud; while it has managed contents, requires force and an acknowledgement",
  tags: ["Clouds"],
  permission: "cloud.manage",
  schemas: { params: cloudParams, query: deleteCloudQuery },
  status: 204,
  handler: async ({ actor, params, query }) => {
    await deleteCloud(actor, params.id, {
      force: query.force === "true",
      acknowledgement: query.acknowledgement,
    });
    return noContent();
  },
});

export const { POST, PUT } = otherMethods("GET", "PATCH", "DELETE");
