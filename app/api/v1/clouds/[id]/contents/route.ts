import { cloudContentsSchema, cloudParams } from "@/lib/features/clouds/schema";
import { listCloudContents } from "@/lib/features/orphans";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "List what Rostrum manages on a cloud",
  tags: ["Clouds"],
  permission: "cloud.read",
  schemas: { params: cloudParams },
  response: cloudContentsSchema,
  handler: ({ params }) => listCloudContents(params.id),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
