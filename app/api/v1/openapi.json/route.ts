import { getConfig } from "@/lib/platform/config";
import { buildOpenApi, otherMethods, type RouteHandler, route } from "@/lib/platform/http";
import packageJson from "@/package.json" with { type: "json" };
import { routes } from "../routes";

/** Open to everybody: it describes the product, not this organization. */
export const GET: RouteHandler = route({
  public: true,
  summary: "Get this document (OpenAPI 3.1)",
  tags: ["Health"],
  handler: (): object =>
    buildOpenApi([...routes, { path: "/api/v1/openapi.json", module: { GET } }], {
      version: packageJson.version,
      serverUrl: getConfig().publicUrl,
    }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
