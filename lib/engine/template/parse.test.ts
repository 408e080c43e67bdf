import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { malformedCases } from "../../../tests/unit/manifests/malformed";
import { componentGraph, type Manifest, manifestJsonSchema, parseManifest } from ".";

const file = fileURLToPath(new URL("../../../tests/unit/manifests/web-with-postgres.yaml", import.meta.url));
const valid = readFileSync(file, "utf8");

function parsed(text: string): Manifest {
  const result = parseManifest(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return result.manifest;
}

describe("a valid manifest", () => {
  const manifest = parsed(valid);

  it("has its defaults and its short forms written out", () => {
    const { db, web } = manifest.spec.components;
    expect(db?.secrets.password).toEqual({ generate: { length: 24, alphabet: "alphanumeric" } });
    expect(db?.recovery).toEqual({ attempts: 3, window: "30m", restore: false });
    expect(db?.container?.healthcheck?.test).toEqual(["CMD-SHELL", "pg_isready -U app"]);
    expect(web?.container?.command).toEqual(["node", "server.js"]);
    expect(web?.container?.environment.PLAIN).toBe("1");
    expect(web?.process?.files).toEqual({ dir: "app" });
    expect(manifest.spec.components.hook?.process?.environment["x-api-key"]).toBe("abc");
    expect(JSON.stringify(manifest)).not.toContain("x-note");
  });

  it("tells the order of its components", () => {
    expect(componentGraph(manifest).edges()).toEqual([
      { before: "db", after: "web" },
      { before: "web", after: "hook" },
    ]);
    expect(componentGraph(manifest).order()).toEqual(["db", "web", "cache", "hook"]);
  });

  it("parses to itself when written out again", () => {
    expect(parsed(stringify(manifest))).toEqual(manifest);
  });

  it("is valid by the published JSON Schema, and a misspelt key is not", () => {
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(manifestJsonSchema());
    expect(validate(manifest)).toBe(true);
    expect(validate({ ...manifest, "x-free": 1 })).toBe(true);
    expect(validate({ ...manifest, sepc: 1 })).toBe(false);
  });
});

describe("malformed manifests", () => {
  it("are many and distinct", () => {
    expect(new Set(malformedCases.map(({ name }) => name)).size).toBe(malformedCases.length);
    expect(malformedCases.length).toBeGreaterThanOrEqual(60);
  });

  it.each(malformedCases)("$name", ({ text, from = "", to = "", at, says }) => {
    if (text === undefined) expect(valid).toContain(from);
    const changed = text ?? valid.replace(from, () => to);
    const result = parseManifest(changed);
    if (result.ok) throw new Error("was accepted");
    const line = at ? changed.slice(0, changed.indexOf(at)).split("\n").length : 1;
    if (at) expect(changed).toContain(at);
    const found = result.problems.map((problem) => ({ line: problem.line, message: problem.message }));
    expect(found).toContainEqual({ line, message: expect.stringContaining(says) });
  });

  it("shows every problem at once, in the order of the file, with what is allowed", () => {
    const changed = valid
      .replace("owner:", "ownr:")
      .replace("image: postgres:17", "imge: x")
      .replace("web.url", "wep.url");
    const result = parseManifest(changed);
    if (result.ok) throw new Error("was accepted");
    expect(result.problems.map(({ path }) => path)).toEqual([
      "metadata.ownr",
      "spec.components.db.container.image",
      "spec.components.db.container.imge",
      "spec.outputs.url",
    ]);
    expect(result.problems[0]?.allowed).toContain("owner");
    const lines = result.problems.map(({ line }) => line);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
  });

  it("refuses bytes that are not UTF-8", () => {
    const result = parseManifest(new Uint8Array([0x61, 0x3a, 0x20, 0xff, 0xfe]));
    expect(result).toMatchObject({ ok: false, problems: [{ message: "the manifest is not UTF-8 text" }] });
  });

  it("hints how to write a name with a dash", () => {
    const renamed = valid
      .replace("    db:\n", "    my-db:\n")
      .replaceAll("components.db.", "components.my-db.")
      .replace("component: db", "component: my-db");
    const result = parseManifest(renamed);
    if (result.ok) throw new Error("was accepted");
    expect(result.problems.map(({ message }) => message).join()).toContain('components["my-db"]');
  });
});

describe("whatever the text", { timeout: 60_000 }, () => {
  const answers = (text: string) => {
    const result = parseManifest(text);
    if (result.ok) return;
    expect(result.problems.length).toBeGreaterThan(0);
    for (const { line, column, message } of result.problems) {
      expect(line).toBeGreaterThanOrEqual(1);
      expect(line).toBeLessThanOrEqual(text.split("\n").length + 1);
      expect(column).toBeGreaterThanOrEqual(1);
      expect(message).not.toBe("");
    }
  };

  it("a random text never throws", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), answers), { numRuns: 300 });
  });

  it("random YAML never throws", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => answers(stringify(value))),
      { numRuns: 200 },
    );
  });

  it("a valid manifest with a piece cut out, doubled or replaced never throws", () => {
    const junk = fc.constantFrom(
      "",
      "${{",
      "}}",
      "- ",
      ": ",
      "\t",
      "null",
      "[",
      "{",
      "&a ",
      "*a",
      "'",
      "1e999",
      "__proto__: {}",
      "\n",
    );
    const piece = fc.record({ start: fc.nat(valid.length), length: fc.nat(60), put: junk });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 3 }), (pieces) => {
        let text = valid;
        for (const { start, length, put } of pieces)
          text = text.slice(0, start) + put + text.slice(start + length);
        answers(text);
      }),
      { numRuns: 300 },
    );
  });

  it("a value anywhere replaced by another never throws", () => {
    const manifest = parsed(valid);
    const paths = pathsOf(manifest);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 2 }), (path, value) => {
        const copy = structuredClone(manifest) as unknown as Record<string, unknown>;
        let at = copy;
        for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
        at[path.at(-1) ?? ""] = value;
        answers(stringify(copy));
      }),
      { numRuns: 300 },
    );
  });
});

function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (value === null || typeof value !== "object") return [path];
  return Object.entries(value).flatMap(([key, item]) => [[...path, key], ...pathsOf(item, [...path, key])]);
}

describe("generated manifests", { timeout: 60_000 }, () => {
  const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const component = fc.record(
    {
      size: fc.record({
        cpu: fc.integer({ min: 0, max: 64 }),
        memory: fc.constantFrom("1Gi", 1024, "512Mi"),
      }),
      replicas: fc.integer({ min: 0, max: 9 }),
      health: fc.record({
        tcp: fc.integer({ min: 1, max: 65_535 }),
        interval: fc.constantFrom("1s", "3m30s"),
      }),
      container: fc.record(
        {
          image: label,
          environment: fc.dictionary(
            fc.stringMatching(/^[A-Z]{1,6}$/),
            fc.oneof(fc.integer(), fc.boolean(), label),
          ),
          command: fc.array(
            fc
              .string({ maxLength: 8 })
              .filter((word) => !word.includes("${{") && /^[\x20-\x7e]*$/.test(word)),
          ),
        },
        { requiredKeys: ["image"] },
      ),
    },
    { requiredKeys: ["container"] },
  );
  const components = fc.dictionary(label, component, { minKeys: 1, maxKeys: 5 });

  it("parse, and parse to themselves", () => {
    fc.assert(
      fc.property(components, (generated) => {
        const manifest = parsed(
          stringify({
            apiVersion: "rostrum.dev/v1",
            kind: "Template",
            metadata: { name: "generated", title: "Generated" },
            spec: { version: "0.1.0", components: generated },
          }),
        );
        expect(parsed(stringify(manifest))).toEqual(manifest);
      }),
      { numRuns: 100 },
    );
  });
});
