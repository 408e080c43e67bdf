import { createCloud, listClouds } from "@/lib/features/clouds";
import { cloudListSchema, cloudSchema, createCloudBody } from "@/lib/features/clouds/schema";
import { created, otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "List clouds with health, capacity and allocation",
  tags: ["Clouds"],
  permission: "cloud.read",
  response: cloudListSchema,
  handler: async () => ({ items: await listClouds() }),
});

export const POST = route({
  summary: "Create a cloud",
  tags: ["Clouds"],
  permission: "cloud.manage",
  schemas: { body: createCloudBody },
  response: cloudSchema,
  status: 201,
  handler: async ({ actor, body }) => {
    const cloud = await createCloud(actor, body);
    return created(cloud, `/api/v1/clouds/${cloud.id}`);
  },
});

export const { PUT, PATCH, DELETE } = otherMethods("GET", "POST");
