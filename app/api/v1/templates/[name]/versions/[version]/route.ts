import { getVersion } from "@/lib/features/catalog";
import { versionDetailSchema, versionParams } from "@/lib/features/catalog/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "Get a template version: manifest, form, presets, components, checks",
  tags: ["Catalog"],
  permission: "catalog.read",
  schemas: { params: versionParams },
  response: versionDetailSchema,
  handler: ({ actor, params }) => getVersion(actor, params.name, params.version),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
