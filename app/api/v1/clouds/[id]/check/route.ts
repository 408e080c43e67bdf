import { checkCloudNow } from "@/lib/features/clouds";
import { cloudParams, cloudSchema } from "@/lib/features/clouds/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const POST = route({
  summary: "Run a cloud health check",
  tags: ["Clouds"],
  permission: "cloud.manage",
  schemas: { params: cloudParams },
  response: cloudSchema,
  handler: ({ actor, params }) => checkCloudNow(actor, params.id),
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
