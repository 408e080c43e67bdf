import { z } from "zod";
import { manifestSchema } from "./schema";

/** The JSON Schema (2020-12) of `template.yaml`, for editors; derived from what `parseManifest` checks. */
export function manifestJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(manifestSchema, { io: "input", unrepresentable: "any" });
  allowExtensions(schema);
  return { $id: "https://rostrum.dev/schemas/template.v1.json", title: "Rostrum template", ...schema };
}

/** Lets every closed map have `x-*` keys, as the parser does. */
function allowExtensions(node: unknown): void {
  if (node === null || typeof node !== "object") return;
  const object = node as Record<string, unknown>;
  if (object.additionalProperties === false && object.properties) object.patternProperties = { "^x-": {} };
  for (const child of Object.values(object)) allowExtensions(child);
}
