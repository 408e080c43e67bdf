import { transitionVersion } from "@/lib/features/catalog";
import { importedSchema, transitionBody, transitionParams } from "@/lib/features/catalog/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const POST = route({
  summary: "Submit, publish, reject, deprecate or retire a template version",
  description:
    "Send the digest of the version as you reviewed it: returns 409 if the content has changed since. " +
    "You can’t publish a version you contributed to. Rejecting requires a note.",
  tags: ["Catalog"],
  permission: "template.author",
  schemas: { params: transitionParams, body: transitionBody },
  missingBodyIsEmpty: true,
  response: importedSchema,
  handler: ({ actor, params, body }) => transitionVersion(actor, { ...params, ...body }),
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
