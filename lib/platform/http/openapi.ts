import type { z } from "zod";
import { errorCodes } from "@/lib/kernel/errors";
import { permissions } from "@/lib/kernel/permissions";
import type { RouteDefinition, RouteHandler } from "./definition";
import { type HttpMethod, httpMethods } from "./methods";
import { DocumentSchemas } from "./openapi-schemas";
import { isRefusedMethod } from "./other-methods";

/** A module of app/api/v1: its exported methods. */
export type RouteModule = Partial<Record<string, unknown>>;
/** Every module of the API with its path in OpenAPI's spelling ("/api/v1/users/{id}"). */
export type RouteTable = readonly { path: string; module: RouteModule }[];

export interface Operation {
  path: string;
  method: HttpMethod;
  handler: RouteHandler;
}

/** Every operation of the API. @throws TypeError for a method that was not made with `route()` */
export function listOperations(table: RouteTable): Operation[] {
  return table.flatMap(({ path, module }) =>
    httpMethods
      .filter((method) => module[method] !== undefined && !isRefusedMethod(module[method]))
      .map((method) => {
        const handler = module[method] as Partial<RouteHandler>;
        if (!handler.definition) throw new TypeError(`${method} ${path} was not made with route().`);
        return { path, method, handler: handler as RouteHandler };
      }),
  );
}

/** The OpenAPI 3.1 document of the API. */
export function buildOpenApi(table: RouteTable, info: { version: string; serverUrl: string }): object {
  const schemas = new DocumentSchemas();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { path, method, handler } of listOperations(table)) {
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: operationOf(schemas, path, method, handler.definition),
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Rostrum",
      version: info.version,
      description:
        "The portal is built on this API. Authenticate with a bearer token. Errors are RFC 9457 problem details with a fixed set of codes.",
    },
    servers: [{ url: info.serverUrl }],
    security: [{ bearer: [] }, { session: [] }],
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => a.localeCompare(b))),
    components: {
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "Your API token. Create one under Account settings, API tokens.",
        },
        session: { type: "apiKey", in: "cookie", name: "rostrum.session" },
      },
      schemas: { Problem: problemSchema, ...schemas.components() },
    },
  };
}

const problemSchema = {
  type: "object",
  required: ["type", "title", "status", "detail", "code", "requestId", "errors"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string", description: "Human-readable explanation" },
    code: { type: "string", enum: Object.keys(errorCodes) },
    requestId: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["path", "message"],
        properties: {
          path: { type: "string" },
          message: { type: "string" },
          line: { type: "integer" },
          column: { type: "integer" },
        },
      },
    },
  },
};

function operationOf(
  schemas: DocumentSchemas,
  path: string,
  method: HttpMethod,
  definition: RouteDefinition,
): object {
  const write = method !== "GET";
  const status = String(definition.status ?? 200);
  return {
    operationId: operationId(path, method),
    summary: definition.summary,
    ...(definition.description && { description: definition.description }),
    tags: definition.tags,
    ...accessOf(definition),
    parameters: [
      ...parametersOf(schemas, "path", definition.schemas?.params, path),
      ...parametersOf(schemas, "query", definition.schemas?.query, path),
      ...(write && !definition.neverStored && !definition.public ? [idempotencyParameter] : []),
    ],
    ...(write && definition.schemas?.body && { requestBody: requestBody(schemas, definition) }),
    responses: {
      [status]: success(schemas, definition, status),
      default: {
        description: "Problem details (RFC 9457)",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

const idempotencyParameter = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "Retries with the same key and body return the original response for 24 hours.",
  schema: { type: "string", maxLength: 200 },
};

function accessOf(definition: RouteDefinition): object {
  if (definition.public) return { security: [], "x-rostrum-access": "public" };
  if (!definition.permission) return { "x-rostrum-access": "authenticated" };
  return {
    "x-rostrum-access": definition.permission,
    "x-rostrum-scope": permissions[definition.permission].scope,
  };
}

function requestBody(schemas: DocumentSchemas, definition: RouteDefinition): object {
  const schema = definition.schemas?.body;
  const { textTypes = [], binaryTypes = [] } = definition;
  const described = schema ? schemas.of(schema, "input") : {};
  const json = binaryTypes.length > 0 ? withoutBytes(described) : described;
  return {
    required: schema ? ![undefined, {}].some((empty) => schema.safeParse(empty).success) : false,
    content: Object.fromEntries([
      ...(json ? [["application/json", { schema: json }]] : []),
      ...textTypes.map((type) => [type, { schema: { type: "string" } }]),
      ...binaryTypes.map((type) => [type, { schema: { type: "string", format: "binary" } }]),
    ]),
  };
}

/** What of a body can be written as JSON: bytes have no schema, and come as a content type of their own. */
function withoutBytes(schema: Record<string, unknown>): Record<string, unknown> | null {
  const isBytes = (one: unknown) => JSON.stringify(one) === "{}";
  if (isBytes(schema)) return null;
  if (!Array.isArray(schema.anyOf)) return schema;
  return { ...schema, anyOf: schema.anyOf.filter((one) => !isBytes(one)) };
}

function success(schemas: DocumentSchemas, definition: RouteDefinition, status: string): object {
  if (status === "204") return { description: "Success" };
  const schema = definition.response ? schemas.of(definition.response, "output") : {};
  return { description: "Success", content: { "application/json": { schema } } };
}

function parametersOf(
  schemas: DocumentSchemas,
  place: "path" | "query",
  schema: z.ZodType | undefined,
  path: string,
): object[] {
  const described = schema ? schemas.of(schema, "input") : {};
  const properties = (described.properties ?? {}) as Record<string, { description?: string }>;
  const required = new Set((described.required ?? []) as string[]);
  const names =
    place === "path"
      ? [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "")
      : Object.keys(properties);
  return names.map((name) => ({
    name,
    in: place,
    required: place === "path" || required.has(name),
    ...(properties[name]?.description && { description: properties[name].description }),
    schema: properties[name] ?? { type: "string" },
  }));
}

function operationId(path: string, method: HttpMethod): string {
  const words = path
    .replace("/api/v1/", "")
    .split(/[/{}.-]+/)
    .filter(Boolean)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${method.toLowerCase()}${words.join("")}`;
}
