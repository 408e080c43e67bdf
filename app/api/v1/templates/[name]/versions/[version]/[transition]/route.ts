import { transitionVersion } from "@/lib/features/catalog";
import { importedSchema, transitionBody, transitionParams } from "@/lib/features/catalog/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const POST = route({
  summary: "Submit, publish, reject, deprecate or retire a template version",
  description:
    "Takes the digest of the version as you reviewed it; a version whose content changed since is refused with 409. " +
    "Nobody publishes a version they contributed to. Rejecting needs a note.",
  tags: ["Catalog"],
  permission: "template.author",
  schemas: { params: transitionParams, body: transitionBody },
  missingBodyIsEmpty: true,
  response: importedSchema,
  handler: ({ actor, params, body }) => transitionVersion(actor, { ...params, ...body }),
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
