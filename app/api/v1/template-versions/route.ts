import { chooseVersions, listVersions } from "@/lib/features/catalog";
import { versionFilter, versionListSchema } from "@/lib/features/catalog/schema";
import { otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "template.review",
  summary: "List template versions, including drafts",
  tags: ["Catalog"],
  schemas: { query: versionFilter },
  response: versionListSchema,
  handler: async ({ actor, query }) => ({ items: chooseVersions(await listVersions(actor), query) }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
