import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commonScope, resolveComponent } from "@/lib/engine/plan";
import { parseManifest } from "@/lib/engine/template";
import { hasDocker } from "../support/docker";
import { applied, type DockerTestCloud, openDockerTestCloud } from "../support/docker-cloud";
import { canBuildImages } from "../support/docker-images";
import { openMachine } from "../support/open-machine";

/** What a value may be made of that a template, a shell or a driver reads in its own way. */
const texts = [
  "{data}",
  "{dir}/{port:8080}/{volume:data}{port:1}",
  "${{ parameters.other }} $${{ x }} }}",
  "{{ mustache }} %s $HOME $(id) `id` ${HOME}",
  `{"json": "{data}", "n": [1, {}]}`,
  "quotes ' \" and \\ back {",
  "}{data",
];

const script = `
const { createServer } = require("node:http");
const said = JSON.stringify({ environment: process.env, args: process.argv.slice(1) });
createServer((q, r) => r.end(said)).listen(Number(process.env.LISTEN), process.env.HOST ?? "0.0.0.0");
process.on("SIGTERM", () => process.exit(0));`;

/** The component of a template whose parameters have these values, as a driver is given it. */
function resolved(kind: "process" | "container", image: string) {
  const names = texts.map((_, index) => `p${index}`);
  const of = (text: (name: string) => string) => Object.fromEntries(names.map((name) => [name, text(name)]));
  const environment = {
    ...of((name) => `\${{ parameters.${name} }}`),
    ...Object.fromEntries(names.map((name) => [`in_${name}`, `<\${{ parameters.${name} }}>`])),
    LISTEN: kind === "process" ? "{port:8080}" : "8080",
    OWN: "{data}",
  };
  const words = names.map((name) => `\${{ parameters.${name} }}`);
  const block =
    kind === "process"
      ? {
          program: "node",
          args: ["-e", script, "--", ...words],
          ports: [8080],
          volumes: ["data:data"],
          environment,
        }
      : { image, command: ["node", "-e", script, "--", ...words], ports: ["8080"], environment };
  const parsed = parseManifest(
    JSON.stringify({
      apiVersion: "rostrum.dev/v1",
      kind: "Template",
      metadata: { name: "verbatim", title: "Verbatim" },
      spec: {
        version: "1.0.0",
        parameters: { properties: Object.fromEntries(names.map((name) => [name, { type: "string" }])) },
        components: { web: { [kind]: block, size: { memory: "128Mi" } } },
      },
    }),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const inputs = {
    manifest: parsed.manifest,
    parameters: Object.fromEntries(texts.map((text, index) => [`p${index}`, text])),
    secretParameters: new Set(["p0"]),
    secrets: {},
    environment: { id: "env_1", name: "verbatim", project: "team" },
    placement: { web: { cloudId: "c", cloudName: "c", kind } },
    filesDigest: () => "",
  };
  const { desired } = resolveComponent(inputs, "web", commonScope(inputs), {});
  if (!desired) throw new Error("not known");
  return desired;
}

function expectVerbatim(said: { environment: Record<string, string>; args: string[] }): void {
  for (const [index, text] of texts.entries()) {
    expect(said.environment[`p${index}`]).toBe(text);
    expect(said.environment[`in_p${index}`]).toBe(`<${text}>`);
  }
  expect(said.args.slice(-texts.length)).toEqual(texts);
}

async function ask(url: string | null) {
  const response = await fetch(url ?? "", { signal: AbortSignal.timeout(10_000) });
  return (await response.json()) as { environment: Record<string, string>; args: string[] };
}

describe("values full of braces in a process", () => {
  const machine = openMachine([21_840, 21_859]);

  it("arrive in its environment and its words as they are; the template's placeholders are filled in", async () => {
    const target = machine.ref();
    const desired = resolved("process", "");
    expect(await machine.cloud.validate(desired)).toEqual([]);
    const { url } = await machine.create(target, desired.spec, { filesDigest: "" });
    const said = await ask(url);
    expectVerbatim(said);
    expect(said.environment.OWN).toMatch(/\/data$/);
    expect(said.environment.LISTEN).toMatch(/^\d+$/);
  });

  it("arrive in a command that is run in it", async () => {
    const target = machine.ref();
    await machine.create(target, resolved("process", "").spec, { filesDigest: "" });
    const { evaluateDeep } = await import("@/lib/engine/expressions");
    const { value } = evaluateDeep(
      ["node", "-e", "console.log(JSON.stringify(process.argv.slice(1)))", "--", "${{ a }}", "{data}"].map(
        (word) => word.replace("${{ a }}", "${{ parameters.a }}"),
      ),
      { parameters: { a: texts.join("|") } },
      () => ({ placeholders: true }),
    );
    const result = await machine.cloud.exec?.(target, { command: value, timeoutMs: 20_000 });
    const words = JSON.parse(result?.stdout ?? "[]") as string[];
    expect(words.at(-2)).toBe(texts.join("|"));
    expect(words.at(-1)).toMatch(/\/data$/);
  });
});

describe.skipIf(!((await hasDocker()) && canBuildImages()))("values full of braces in a container", () => {
  let cloud: DockerTestCloud;
  beforeAll(async () => {
    cloud = await openDockerTestCloud();
  });
  afterAll(async () => cloud?.close());

  it("arrive in its environment and its words as they are", async () => {
    const desired = resolved("container", cloud.images.node);
    expect(await cloud.connection.validate(desired)).toEqual([]);
    const { url } = await applied(cloud.connection, cloud.ref(), desired);
    const said = await ask(url);
    expectVerbatim(said);
    expect(said.environment.OWN).toBe("{data}");
  });
});
