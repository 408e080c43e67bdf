import { getVersionDiff } from "@/lib/features/catalog";
import { diffQuery, versionDiffSchema, versionParams } from "@/lib/features/catalog/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "What changed in a version: its manifest and files beside those of the one before it",
  description:
    "Both manifests, and every file that was added, changed or removed, with its changed lines for those who review. " +
    "Files that are no text or too large come with sizes and hashes: download them.",
  tags: ["Catalog"],
  permission: "catalog.read",
  schemas: { params: versionParams, query: diffQuery },
  response: versionDiffSchema,
  handler: ({ actor, params, query }) => getVersionDiff(actor, params.name, params.version, query.against),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
