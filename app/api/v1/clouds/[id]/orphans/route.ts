import { discoverOrphans } from "@/lib/features/clouds";
import { cloudParams, orphanListSchema } from "@/lib/features/clouds/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "What exists in a cloud although no resource stands for it",
  tags: ["Clouds"],
  permission: "cloud.read",
  schemas: { params: cloudParams },
  response: orphanListSchema,
  handler: ({ params }) => discoverOrphans(params.id),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
