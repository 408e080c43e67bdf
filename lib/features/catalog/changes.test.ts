import { expect, it } from "vitest";
import { parseManifest } from "@/lib/engine/template";
import { changesBetween } from "./changes";

function version(edit: (yaml: string) => string = (yaml) => yaml, files = "same") {
  const yaml = edit(`apiVersion: rostrum.dev/v1
kind: Template
metadata: { name: shop, title: Shop, description: Sells }
spec:
  version: 1.0.0
  parameters:
    - title: Size
      properties:
        size: { type: string, title: Size, enum: [small, large], default: small }
        color: { type: string, title: Color, default: red }
  presets:
    - { name: Trial, parameters: { size: small } }
  components:
    db: { title: PostgreSQL, container: { image: "postgres:17" } }
  outputs:
    host: { title: Host, value: h }
`);
  const parsed = parseManifest(yaml);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return { manifest: parsed.manifest, filesDigest: () => files };
}

it("says what was added, changed and removed, by the titles that people see", () => {
  const after = version(
    (yaml) =>
      yaml
        .replace("default: small }", "default: large }")
        .replace(/^ +color:.*\n/m, "        tone: { type: string, title: Tone, default: warm }\n")
        .replace("postgres:17", "postgres:18")
        .replace("presets:\n    - { name: Trial", "presets:\n    - { name: Team")
        .replace("spec:", "spec:\n  lifecycle: { lease: { default: 7d } }"),
    "other",
  );
  expect(changesBetween(version(), after)).toEqual([
    "Changed parameter Size",
    "Added parameter Tone",
    "Removed parameter Color",
    "Changed component PostgreSQL",
    "Added preset Team",
    "Removed preset Trial",
    "Changed the lease",
    "Changed files",
  ]);
});

it("says nothing of what no one who uses it notices", () => {
  const after = version((yaml) =>
    yaml.replace("description: Sells", "description: Sells well").replace("1.0.0", "1.0.1"),
  );
  expect(changesBetween(version(), after)).toEqual([]);
});
