import { getVersionDiff } from "@/lib/features/catalog";
import { diffQuery, versionDiffSchema, versionParams } from "@/lib/features/catalog/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "The manifests of a version and of the one before it",
  tags: ["Catalog"],
  permission: "catalog.read",
  schemas: { params: versionParams, query: diffQuery },
  response: versionDiffSchema,
  handler: ({ actor, params, query }) => getVersionDiff(actor, params.name, params.version, query.against),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
