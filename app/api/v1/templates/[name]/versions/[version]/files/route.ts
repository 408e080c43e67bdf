import { listVersionFiles } from "@/lib/features/catalog";
import { filesQuery, versionFilesSchema, versionParams } from "@/lib/features/catalog/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "The files of a template version beside its manifest",
  description:
    "Under the digest they belong to. Send the `digest` you reviewed to be refused (409) another content.",
  tags: ["Catalog"],
  permission: "template.review",
  schemas: { params: versionParams, query: filesQuery },
  response: versionFilesSchema,
  handler: ({ actor, params, query }) => listVersionFiles(actor, { ...params, ...query }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
