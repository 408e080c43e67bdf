/** The OpenAPI document, prepared for reading. */
export interface Reference {
  groups: { tag: string; operations: ReferenceOperation[] }[];
}

export interface ReferenceOperation {
  id: string;
  method: string;
  path: string;
  summary: string;
  description: string | undefined;
  /** A permission, "authenticated" or "public". */
  access: string;
  scope: string | undefined;
  parameters: { name: string; place: string; required: boolean; type: string; description: string }[];
  body: ReferenceField[];
  answer: ReferenceField[];
  status: string;
}

/** One line of a schema; `depth` is how far it is nested. */
export interface ReferenceField {
  name: string;
  type: string;
  required: boolean;
  description: string;
  depth: number;
}

interface JsonSchema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  additionalProperties?: JsonSchema | boolean;
}

interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  "x-rostrum-access": string;
  "x-rostrum-scope"?: string;
  parameters: { name: string; in: string; required: boolean; description?: string; schema: JsonSchema }[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, { content?: Record<string, { schema: JsonSchema }> }>;
}

const maxDepth = 4;

/** Groups the operations of an OpenAPI document by tag. */
export function referenceOf(document: object): Reference {
  const { paths } = document as { paths: Record<string, Record<string, Operation>> };
  const groups = new Map<string, ReferenceOperation[]>();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags[0] ?? "Other";
      groups.set(tag, [...(groups.get(tag) ?? []), toOperation(path, method.toUpperCase(), operation)]);
    }
  }
  const sorted = [...groups].sort(([left], [right]) => left.localeCompare(right));
  return { groups: sorted.map(([tag, operations]) => ({ tag, operations })) };
}

function toOperation(path: string, method: string, operation: Operation): ReferenceOperation {
  const status = Object.keys(operation.responses).find((key) => key !== "default") ?? "200";
  return {
    id: operation.operationId,
    method,
    path,
    summary: operation.summary,
    description: operation.description,
    access: operation["x-rostrum-access"],
    scope: operation["x-rostrum-scope"],
    parameters: operation.parameters.map((one) => ({
      name: one.name,
      place: one.in,
      required: one.required,
      type: typeOf(one.schema),
      description: one.description ?? one.schema.description ?? "",
    })),
    body: fieldsOf(operation.requestBody?.content["application/json"]?.schema),
    answer: fieldsOf(operation.responses[status]?.content?.["application/json"]?.schema),
    status,
  };
}

function fieldsOf(schema: JsonSchema | undefined, depth = 0): ReferenceField[] {
  if (!schema || depth > maxDepth) return [];
  const variants = schema.anyOf ?? schema.oneOf;
  const inner = schema.items ?? variants?.find((one) => one.properties ?? one.items);
  if (!schema.properties) return inner ? fieldsOf(inner, depth) : [];
  return Object.entries(schema.properties).flatMap(([name, property]) => [
    {
      name,
      type: typeOf(property),
      required: schema.required?.includes(name) ?? false,
      description: property.description ?? "",
      depth,
    },
    ...fieldsOf(property, depth + 1),
  ]);
}

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return [...new Set(variants.map(typeOf))].join(" | ");
  if (schema.items) return `${typeOf(schema.items)}[]`;
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : (schema.type ?? "any");
  return schema.format ? `${type} (${schema.format})` : type;
}
