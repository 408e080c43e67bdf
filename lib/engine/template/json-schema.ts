import { z } from "zod";
import { recordOf } from "./names";
import { manifestSchema } from "./schema";
import { unsupportedKeys } from "./unsupported-keys";

/** The JSON Schema (2020-12) of `template.yaml`, for editors; derived from what `parseManifest` checks. */
export function manifestJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(manifestSchema, { io: "input", unrepresentable: "any" });
  leaveOutUnsupported(schema);
  allowExtensions(schema);
  return { $id: "https://rostrum.dev/schemas/template.v1.json", title: "Rostrum template", ...schema };
}

/** What is refused as not supported yet is offered by no editor. */
function leaveOutUnsupported(schema: unknown): void {
  for (const pattern of Object.keys(unsupportedKeys)) {
    const steps = pattern.split(".");
    const key = steps.pop() ?? "";
    const holder = steps.reduce((node, step) => {
      const { properties, additionalProperties } = recordOf(node);
      return step === "*" ? additionalProperties : recordOf(properties)[step];
    }, schema);
    delete recordOf(recordOf(holder).properties)[key];
  }
}

/** Lets every closed map have `x-*` keys, as the parser does. */
function allowExtensions(node: unknown): void {
  if (node === null || typeof node !== "object") return;
  const object = node as Record<string, unknown>;
  if (object.additionalProperties === false && object.properties) object.patternProperties = { "^x-": {} };
  for (const child of Object.values(object)) allowExtensions(child);
}
