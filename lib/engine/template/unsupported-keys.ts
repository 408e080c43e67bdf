import type { Finding } from "./check-references";
import { recordOf } from "./names";
import type { Path } from "./yaml-source";

/**
 * Keys that templates of other products, or earlier versions of Rostrum, have and nothing here acts on: path → what to do
 * instead. `*` is any name. A key leaves this table in the commit that makes something act on it.
 */
export const unsupportedKeys: Readonly<Record<string, string>> = {
  "spec.lifecycle.schedule": "stop and start environments manually, or use the lease",
  "spec.components.*.scaling.max": "use replicas",
  "spec.components.*.scaling.metric": "use replicas",
  "spec.components.*.scaling.target": "use replicas",
  "spec.components.*.scaling.periods": "use replicas",
  "spec.components.*.outputs.*.title": "set titles on the template’s outputs",
  "spec.components.*.outputs.*.description": "set descriptions on the template’s outputs",
  "spec.components.*.terraform": "use container or process",
  "spec.components.*.kubernetes": "use container or process",
  "spec.components.*.heat": "use container or process",
  "spec.components.*.script": "use container or process",
  "spec.components.*.ansible": "use container or process",
  "spec.components.*.http": "use container or process",
};

/** Keywords of JSON Schema that no form and no check of ours understands. */
export const unsupportedKeywords: ReadonlySet<string> = new Set([
  "$anchor",
  "$comment",
  "$defs",
  "$id",
  "$ref",
  "$schema",
  "allOf",
  "anyOf",
  "contains",
  "contentEncoding",
  "contentMediaType",
  "contentSchema",
  "definitions",
  "dependencies",
  "dependentRequired",
  "dependentSchemas",
  "deprecated",
  "else",
  "if",
  "maxContains",
  "maxProperties",
  "minContains",
  "minProperties",
  "not",
  "nullable",
  "oneOf",
  "patternProperties",
  "prefixItems",
  "propertyNames",
  "readOnly",
  "then",
  "unevaluatedItems",
  "unevaluatedProperties",
  "writeOnly",
]);

/** What to say of a key that nothing acts on; undefined for every other. */
export function unsupportedMessage(path: Path): string | undefined {
  const key = path.at(-1);
  if (typeof key !== "string") return undefined;
  const [, second] = path;
  if (second === "parameters" && unsupportedKeywords.has(key)) return `${key} is not supported yet`;
  const found = Object.entries(unsupportedKeys).find(([pattern]) => isMatch(pattern.split("."), path));
  return found ? `${key} is not supported yet; ${found[1]}` : undefined;
}

function isMatch(pattern: readonly string[], path: Path): boolean {
  return pattern.length === path.length && pattern.every((step, at) => step === "*" || step === path[at]);
}

/** The implementations of a manifest that no cloud runs. They parse, so that what is stored keeps its meaning. */
export function checkSupport(manifest: unknown): Finding[] {
  const { components } = recordOf(recordOf(manifest).spec);
  return Object.entries(recordOf(components)).flatMap(([name, component]) =>
    Object.keys(recordOf(component)).flatMap((key) => {
      const path = ["spec", "components", name, key];
      const message = unsupportedMessage(path);
      return message ? [{ path, message, atKey: true }] : [];
    }),
  );
}
