import { searchEverything } from "@/lib/features/search";
import { searchQuery, searchResultSchema } from "@/lib/features/search/schema";
import { otherMethods, route } from "@/lib/platform/http";

/** The palette's search: only what the caller may see. */
export const GET = route({
  permission: "catalog.read",
  summary: "Search environments, templates, requests, projects and users",
  tags: ["Search"],
  schemas: { query: searchQuery },
  response: searchResultSchema,
  handler: async ({ actor, query }) => ({ items: await searchEverything(actor, query.q) }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
