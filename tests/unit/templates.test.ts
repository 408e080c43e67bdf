import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as lucide from "lucide-react";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasProductMark } from "@/components/ui/product-icon";
import { evaluateDeep, type Scope } from "@/lib/engine/expressions";
import { resolveParameters } from "@/lib/engine/parameters";
import { type Component, type Manifest, parseManifest } from "@/lib/engine/template";
import { parseBytes, parseCpu } from "@/lib/kernel/quantities";
import { buildTemplates } from "@/scripts/build-templates";

const root = "templates";
const names = readdirSync(root).filter((name) => existsSync(join(root, name, "template.yaml")));
const expected = [
  "cache",
  "node-service",
  "postgres",
  "static-site",
  "three-tier-shop",
  "web-with-postgres",
  "worker-queue",
];

let built = "";
beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), "rostrum-templates-"));
  await buildTemplates(built);
}, 60_000);
afterAll(() => rmSync(built, { recursive: true, force: true }));

function read(name: string): Manifest {
  const result = parseManifest(readFileSync(join(root, name, "template.yaml"), "utf8"));
  if (!result.ok) throw new Error(`${name}: ${JSON.stringify(result.problems, null, 2)}`);
  return result.manifest;
}

/** Files and folders of the template version that a component names. */
function filesOf(component: Component): string[] {
  const { process, container } = component;
  return [...(process?.files ? [process.files.dir] : []), ...Object.values(container?.files ?? {})];
}

/** Scripts of the template that its programs, preparations and actions start. */
function scriptsOf(manifest: Manifest): { folder: string; script: string }[] {
  return Object.entries(manifest.spec.components).flatMap(([name, component]) => {
    const folder = component.process?.files?.dir ?? "";
    const actions = manifest.spec.actions.filter((action) => action.component === name);
    const commands = [
      ...(component.process?.program === "node" ? [component.process.args] : []),
      ...(component.process?.prepare ?? []),
      ...(Array.isArray(component.container?.command) ? [component.container.command] : []),
      ...actions.map((action) => action.run),
    ];
    const words = commands.flat().flatMap((word) => word.split(/\s+/));
    return words.filter((word) => /^[\w-]+\.mjs$/.test(word)).map((script) => ({ folder, script }));
  });
}

/** Parameters of every preset and of the form as it opens. */
function choicesOf(manifest: Manifest): [string, Record<string, unknown>][] {
  const presets = [{ name: "the defaults", parameters: {} }, ...manifest.spec.presets];
  return presets.map(({ name, parameters }) => {
    const resolved = resolveParameters(manifest, parameters);
    if (!resolved.ok) throw new Error(`${name}: ${JSON.stringify(resolved.problems)}`);
    return [name, resolved.value];
  });
}

function scopeOf(manifest: Manifest, name: string, parameters: Record<string, unknown>): Scope {
  const component = manifest.spec.components[name];
  const ports = { 5432: 1, 6379: 2, 8080: 3, 8081: 4 };
  const neighbor = (other: Component) => ({
    host: "h",
    ports,
    url: "http://h:3",
    outputs: Object.fromEntries(Object.keys(other.outputs).map((key) => [key, "o"])),
  });
  return {
    parameters,
    environment: { id: "env_1", name: "trial", project: "demo" },
    secrets: Object.fromEntries(Object.keys(component?.secrets ?? {}).map((key) => [key, "s3cret"])),
    size: { cpu: 1, memory: 1, storage: 1 },
    self: { host: "h", ports, url: "http://h:3", outputs: {} },
    components: Object.fromEntries(
      Object.entries(manifest.spec.components)
        .filter(([other]) => other !== name)
        .map(([other, value]) => [other, neighbor(value)]),
    ),
  };
}

it("holds the seven templates of the catalog", () => {
  expect(names.toSorted()).toEqual(expected);
});

it("is built as a whole, without sources of the programs", () => {
  expect(readdirSync(built).toSorted()).toEqual(expected);
  const files = readdirSync(built, { recursive: true }).map(String);
  expect(files.filter((file) => /(^|\/)(src|_kit|node_modules)(\/|$)/.test(file))).toEqual([]);
});

describe.each(names)("%s", (name) => {
  const manifest = read(name);
  const components = Object.entries(manifest.spec.components);

  it("presents itself", () => {
    const { metadata, spec } = manifest;
    expect(metadata.name).toBe(name);
    expect(metadata.description.length).toBeGreaterThan(60);
    expect(metadata.tags.length).toBeGreaterThan(1);
    const icons = [metadata.icon, ...components.map(([, component]) => component.icon ?? "")];
    for (const icon of icons) {
      if (hasProductMark(icon)) continue;
      const exported = icon.replace(/(^|-)([a-z0-9])/g, (_, _dash, letter: string) => letter.toUpperCase());
      expect(Object.keys(lucide), `icon ${icon}`).toContain(exported);
    }
    expect(spec.presets.length).toBeGreaterThan(1);
    for (const preset of spec.presets) expect(preset.leaseDays, preset.name).toBeGreaterThan(0);
    expect(spec.lifecycle.lease).toEqual({ default: "14d", max: "90d", grace: "3d" });
    expect(Object.keys(spec.outputs)).toContain("url");
  });

  it("gives every parameter a title and a default, so that the form can be sent as it opens", () => {
    const parameters = manifest.spec.parameters.flatMap((page) => Object.entries(page.properties));
    expect(parameters.length).toBeGreaterThan(0);
    for (const page of manifest.spec.parameters) expect(page.title).toBeTruthy();
    for (const [key, parameter] of parameters) {
      expect(parameter.title, key).toBeTruthy();
      // What is hidden as the form opens may be left to the one who chooses it.
      if (!parameter["ui:visibleIf"]) expect(parameter.default, key).toBeDefined();
      if (parameter.enumNames) expect(parameter.enumNames.length, key).toBe(parameter.enum?.length);
    }
  });

  it("has a README that names what there is, and nothing that isn't", () => {
    const readme = readFileSync(join(built, name, "README.md"), "utf8");
    expect(readme).toMatch(new RegExp(`^# ${manifest.metadata.title}\n`));
    const [, table = ""] = /## What you get\n\n([\s\S]*?)\n\n/.exec(readme) ?? [];
    const rows = table.split("\n").slice(2);
    const stated = rows.map((row) =>
      row
        .split("|")
        .slice(1, 3)
        .map((cell) => cell.trim()),
    );
    const actual = components.map(([key, { title, process }]) => [title ?? key, String(process?.ports[0])]);
    expect(stated.toSorted()).toEqual(actual.toSorted());
    const scheduled = components.some(([, { process }]) => process?.backup?.schedule);
    expect(readme.includes("every night at 02:00 UTC")).toBe(scheduled);
    const { lease } = manifest.spec.lifecycle;
    const days = [lease.default, lease.max].map((length) => Number.parseInt(length, 10));
    expect(readme).toContain(`Leases are ${days[0]} days by default and ${days[1]} days at most.`);
  });

  it("runs as processes and as containers, watched, and backed up where it keeps data", () => {
    for (const [key, { process, container, health, backup }] of components) {
      expect(process, key).toBeDefined();
      expect(container, key).toBeDefined();
      expect(health ?? process?.health, key).toBeDefined();
      if (process?.volumes.length) expect(backup ?? process.backup, `${key} as process`).toBeDefined();
      if (container?.volumes.length) expect(backup ?? container.backup, `${key} as container`).toBeDefined();
    }
  });

  it.each(choicesOf(manifest))("evaluates everywhere with %s", (_preset, parameters) => {
    for (const [key, component] of components) {
      const scope = scopeOf(manifest, key, parameters);
      const { value, unknownPaths } = evaluateDeep(component, scope);
      expect(unknownPaths).toEqual([]);
      expect(parseCpu(value.size.cpu)).toBeGreaterThan(0);
      expect(parseBytes(value.size.memory)).toBeGreaterThanOrEqual(64 * 2 ** 20);
      expect(Number(value.replicas)).toBeGreaterThan(0);
      const written = JSON.stringify(value);
      expect(written).not.toContain("${{");
      expect(JSON.stringify(value.labels) + JSON.stringify(value.process?.args ?? [])).not.toContain(
        "s3cret",
      );
    }
    const outputs = evaluateDeep(manifest.spec.outputs, scopeOf(manifest, "", parameters)).value;
    expect(outputs.url?.value).toBeTruthy();
  });

  it("marks every output that holds a password", () => {
    for (const [key, component] of components) {
      for (const [output, { value, sensitive }] of Object.entries(component.outputs)) {
        if (String(value).includes("secrets.")) expect(sensitive, `${key}.${output}`).toBe(true);
      }
    }
    for (const [output, { value, sensitive }] of Object.entries(manifest.spec.outputs)) {
      const source = /components\.([\w-]+)\.outputs\.(\w+)/.exec(String(value));
      const target = manifest.spec.components[source?.[1] ?? ""]?.outputs[source?.[2] ?? ""];
      if (target?.sensitive) expect(sensitive, output).toBe(true);
    }
  });

  it("ships every file it names", () => {
    for (const [, component] of components) {
      for (const path of filesOf(component)) {
        expect(statSync(join(built, name, path)).isDirectory(), path).toBe(true);
      }
    }
    for (const { folder, script } of scriptsOf(manifest)) {
      const file = join(built, name, folder, script);
      expect(existsSync(file), `${folder}/${script}`).toBe(true);
      const imports = [...readFileSync(file, "utf8").matchAll(/^import .* from "([^"]+)"/gm)];
      for (const [, module] of imports)
        expect(module, script).toMatch(
          /^node:|^(crypto|net|tls|events|util|fs|path|stream|url|dns|os|string_decoder)$/,
        );
    }
  });
});
