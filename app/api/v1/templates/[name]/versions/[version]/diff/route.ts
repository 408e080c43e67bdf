import { getVersionDiff } from "@/lib/features/catalog";
import { diffQuery, versionDiffSchema, versionParams } from "@/lib/features/catalog/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "Compare a version with its predecessor",
  description:
    "Returns both manifests and every added, changed or removed file. Reviewers also get the changed lines. " +
    "Binary and very large files come with sizes and hashes only: download them to compare.",
  tags: ["Catalog"],
  permission: "catalog.read",
  schemas: { params: versionParams, query: diffQuery },
  response: versionDiffSchema,
  handler: ({ actor, params, query }) => getVersionDiff(actor, params.name, params.version, query.against),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
