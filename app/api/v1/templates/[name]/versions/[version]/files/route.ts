import { listVersionFiles } from "@/lib/features/catalog";
import { filesQuery, versionFilesSchema, versionParams } from "@/lib/features/catalog/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "List the files of a template version, without the manifest",
  description:
    "Includes the version’s digest. Send the `digest` you reviewed to get 409 if the content has changed.",
  tags: ["Catalog"],
  permission: "template.review",
  schemas: { params: versionParams, query: filesQuery },
  response: versionFilesSchema,
  handler: ({ actor, params, query }) => listVersionFiles(actor, { ...params, ...query }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
