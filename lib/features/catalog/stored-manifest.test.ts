import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseManifest } from "@/lib/engine/template";
import { readManifest } from "./stored-manifest";

const source = readFileSync("tests/unit/manifests/web-with-postgres.yaml", "utf8");
const parsed = parseManifest(source);
if (!parsed.ok) throw new Error("The manifest of the test is wrong.");
const stored: unknown = JSON.parse(JSON.stringify(parsed.manifest));

describe("a stored manifest", () => {
  it("is what was parsed, and is read once per digest", () => {
    const read = readManifest("one", stored, source);
    expect(read).toEqual(parsed.manifest);
    expect(readManifest("one", { damaged: true }, "")).toBe(read);
  });

  it("is made of the version's file where it is damaged", () => {
    expect(readManifest("two", { apiVersion: "rostrum.dev/v1" }, source)).toEqual(parsed.manifest);
    expect(readManifest("three", null, source)).toEqual(parsed.manifest);
  });

  it("is refused by name where the file is damaged, too", () => {
    expect(() => readManifest("four", { spec: 1 }, "spec: [")).toThrow(
      /^The stored manifest can’t be read: /,
    );
  });
});
