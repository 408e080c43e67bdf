import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { z } from "zod";
import { manifestSchema, parseManifest } from "@/lib/engine/template";
import { parameterSchema } from "@/lib/engine/template/schema-parameters";
import { spread } from "@/lib/engine/template/schema-walk";
import { unsupportedKeys, unsupportedKeywords } from "@/lib/engine/template/unsupported-keys";
import { actsOn } from "./manifests/acts-on";

/** Every key of the manifest's schema, as a path; `*` is any name, `[]` an entry of a list. */
function keysOf(schema: z.core.$ZodType, path: string, found: Set<string>): Set<string> {
  // A value of JSON holds values of JSON without end, and no keys of the schema.
  if (path.split(/[.[]/).length > 12) return found;
  for (const bare of spread(schema)) {
    // A parameter holds parameters: its keys are walked once.
    if (bare === parameterSchema && path.replace(/^.*?properties\.\*/, "") !== "") continue;
    if (bare instanceof z.ZodArray) keysOf(bare.element, `${path}[]`, found);
    if (bare instanceof z.ZodRecord) keysOf(bare.valueType, `${path}.*`, found);
    if (!(bare instanceof z.ZodObject)) continue;
    for (const [key, child] of Object.entries(bare.shape as Record<string, z.core.$ZodType>)) {
      const at = path ? `${path}.${key}` : key;
      found.add(at);
      keysOf(child, at, found);
    }
  }
  return found;
}

/** Pages may be a list or one; implementations share the keys of health and backup with their component. */
function plain(path: string): string {
  return path
    .replace("spec.parameters[]", "spec.parameters")
    .replace(/^(spec\.components\.\*)\.(container|process)\.(health|backup)(?=\.)/, "$1.$3");
}

const isUnsupported = (path: string) =>
  Object.keys(unsupportedKeys).some((key) => path === key || path.startsWith(`${key}.`));
const keys = new Set(
  [...keysOf(manifestSchema, "", new Set())].map(plain).filter((path) => !isUnsupported(path)),
);

describe("no dead key", () => {
  it("every key of the manifest is in the table of what acts on it, and nothing else is", () => {
    expect(Object.keys(actsOn).sort()).toEqual([...keys].sort());
  });

  it.each(Object.entries(actsOn))("%s: %s", (_key, place) => {
    const [file = "", text = ""] = place.split("#");
    expect(text).not.toBe("");
    expect(file).not.toMatch(/engine\/template\/schema|\.test\./);
    expect(readFileSync(file, "utf8")).toContain(text);
  });

  it.each(Object.keys(unsupportedKeys))("%s is refused as not supported yet", (path) => {
    const manifest: Record<string, unknown> = {
      apiVersion: "rostrum.dev/v1",
      kind: "Template",
      metadata: { name: "a", title: "A" },
      spec: { version: "1.0.0", components: { any: { container: { image: "x" } } } },
    };
    let at = manifest;
    const steps = path.split(".").map((step) => (step === "*" ? "any" : step));
    const key = steps.pop() ?? "";
    for (const step of steps) {
      at[step] ??= {};
      at = at[step] as Record<string, unknown>;
    }
    if (steps.includes("outputs")) at.value = "x";
    at[key] = "x";
    const result = parseManifest(stringify(manifest));
    if (result.ok) throw new Error("was accepted");
    expect(result.problems.map(({ message }) => message).join()).toContain(`${key} is not supported yet`);
  });

  it.each([...unsupportedKeywords])(
    "the keyword %s of a parameter is refused as not supported yet",
    (keyword) => {
      const properties = { p: { type: "string", [keyword]: {} } };
      const result = parseManifest(
        stringify({
          apiVersion: "rostrum.dev/v1",
          kind: "Template",
          metadata: { name: "a", title: "A" },
          spec: {
            version: "1.0.0",
            parameters: { properties },
            components: { any: { container: { image: "x" } } },
          },
        }),
      );
      if (result.ok) throw new Error("was accepted");
      expect(result.problems.map(({ message }) => message)).toContain(`${keyword} is not supported yet`);
    },
  );
});
