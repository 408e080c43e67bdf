import { getTemplate } from "@/lib/features/catalog";
import { templateDetailSchema, templateParams } from "@/lib/features/catalog/schema";
import { catalogPrice } from "@/lib/features/requests";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "Get a template with its versions",
  tags: ["Catalog"],
  permission: "catalog.read",
  schemas: { params: templateParams },
  response: templateDetailSchema,
  handler: ({ actor, params }) => getTemplate(actor, params.name, { priceOf: catalogPrice }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
