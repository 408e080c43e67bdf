import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { parseManifest } from ".";
import { containerSchema, implementationSchemas, processSchema } from "./schema-implementations";
import { widgets } from "./schema-parameters";

const guide = readFileSync(
  fileURLToPath(new URL("../../../docs/guides/writing-a-template.md", import.meta.url)),
  "utf8",
);

it("the guide's worked example is a valid manifest", () => {
  const example = /```yaml\n(apiVersion:[\s\S]*?)```/.exec(guide)?.[1] ?? "";
  expect(parseManifest(example)).toMatchObject({ ok: true });
});

it("the guide names every implementation, every key of containers and processes, and every widget", () => {
  const keys = [
    ...Object.keys(implementationSchemas),
    ...Object.keys(containerSchema.shape),
    ...Object.keys(processSchema.shape),
    ...widgets,
  ];
  expect(keys.filter((key) => !guide.includes(`\`${key}\``) && !guide.includes(`\`${key}:`))).toEqual([]);
});
