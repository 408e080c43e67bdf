import { discoverOrphans } from "@/lib/features/clouds";
import {
  cloudParams,
  orphanActionBody,
  orphanListSchema,
  orphanQuery,
  orphanResultSchema,
} from "@/lib/features/clouds/schema";
import { actOnOrphan } from "@/lib/features/orphans";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "List orphaned resources in a cloud",
  tags: ["Clouds"],
  permission: "cloud.read",
  schemas: { params: cloudParams, query: orphanQuery },
  response: orphanListSchema,
  handler: ({ params, query }) => discoverOrphans(params.id, query.ignored === "true"),
});

export const POST = route({
  summary: "Adopt, remove or ignore an orphaned resource",
  tags: ["Clouds"],
  permission: "cloud.manage",
  schemas: { params: cloudParams, body: orphanActionBody },
  response: orphanResultSchema,
  handler: ({ actor, params, body }) => actOnOrphan(actor, params.id, body),
});

export const { PUT, PATCH, DELETE } = otherMethods("GET", "POST");
