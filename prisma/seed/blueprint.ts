import type { ImplementationKind, Observation } from "@/lib/clouds/contract";
import { simulatedUrl } from "@/lib/clouds/simulated/links";
import { evaluateDeep } from "@/lib/engine/expressions";
import { resolveParameters } from "@/lib/engine/parameters";
import {
  buildPlan,
  commonScope,
  type EnvironmentInputs,
  neighborScope,
  type PlanChange,
  type Published,
  publish,
  type ResolvedComponent,
  resolveComponent,
} from "@/lib/engine/plan";
import { implementationSchemas } from "@/lib/engine/template";
import type { LoadedVersion } from "@/lib/features/catalog";
import { newSecret } from "@/lib/platform/crypto";

/** A demo environment worked out by the same engine as a real one, on the demo cloud. */
export interface Blueprint {
  version: LoadedVersion;
  parameters: Record<string, unknown>;
  leaseDays: number;
  placement: EnvironmentInputs["placement"];
  secrets: EnvironmentInputs["secrets"];
  changes: PlanChange[];
  components: BlueprintComponent[];
  outputs: { name: string; title: string; value: unknown; secret: boolean }[];
}

export interface BlueprintComponent {
  name: string;
  title: string;
  resolved: ResolvedComponent;
  observation: Extract<Observation, { present: true }>;
  published: Published;
}

export interface BlueprintInput {
  version: LoadedVersion;
  preset: string;
  environment: { id: string; name: string; project: string };
  cloud: { id: string; title: string };
}

/**
 * Plans an environment and evaluates every component as if the demo cloud had made it.
 * @throws Error when the template has no such preset or refuses its parameters
 */
export function drawBlueprint({ version, preset, environment, cloud }: BlueprintInput): Blueprint {
  const { manifest } = version;
  const chosen = manifest.spec.presets.find((one) => one.name === preset);
  if (!chosen) throw new Error(`${version.name} has no preset ${preset}`);
  const resolved = resolveParameters(manifest, chosen.parameters);
  if (!resolved.ok) throw new Error(`${version.name}: ${resolved.problems[0]?.message ?? "bad parameters"}`);
  const placement = Object.fromEntries(
    Object.keys(manifest.spec.components).map((name) => [
      name,
      { cloudId: cloud.id, cloudName: cloud.title, kind: preferredKind(manifest.spec.components[name]) },
    ]),
  );
  const inputs: EnvironmentInputs = {
    manifest,
    parameters: resolved.value,
    secretParameters: new Set(),
    secrets: makeSecrets(version),
    environment,
    placement,
    filesDigest: version.filesDigest,
  };
  const decide = () => ({ action: "update" as const, disruptive: false, reason: "changed in place" });
  const changes = buildPlan({ ...inputs, secrets: {}, existing: new Map(), decide });
  return {
    version,
    parameters: resolved.value,
    leaseDays: chosen.leaseDays ?? 14,
    placement,
    secrets: inputs.secrets,
    changes,
    ...evaluateAll(inputs, changes),
  };
}

function preferredKind(component: object | undefined): ImplementationKind {
  const kinds = Object.keys(implementationSchemas) as ImplementationKind[];
  return kinds.find((kind) => component && kind in component) ?? "container";
}

function makeSecrets({ manifest }: LoadedVersion): EnvironmentInputs["secrets"] {
  const secrets: EnvironmentInputs["secrets"] = {};
  for (const [component, { secrets: declared }] of Object.entries(manifest.spec.components)) {
    const made = Object.entries(declared).flatMap(([name, source]) =>
      "generate" in source ? [[name, newSecret(source.generate.length, source.generate.alphabet)]] : [],
    );
    if (made.length > 0) secrets[component] = Object.fromEntries(made);
  }
  return secrets;
}

function evaluateAll(inputs: EnvironmentInputs, changes: readonly PlanChange[]) {
  const common = commonScope(inputs);
  const published = new Map<string, Published>();
  const components = changes.map((change): BlueprintComponent => {
    const { component: name, title } = change;
    const neighbors = neighborScope(inputs, name, change.dependsOn, published);
    const resolved = resolveComponent(inputs, name, common, neighbors);
    const observation = observe(inputs.environment.name, name, resolved);
    const shown = publish(inputs, name, common, neighbors, observation);
    published.set(name, shown);
    return { name, title, resolved, observation, published: shown };
  });
  const scope = { ...common, components: neighborScope(inputs, null, [...published.keys()], published) };
  const outputs = Object.entries(inputs.manifest.spec.outputs).map(([name, output]) => {
    const result = evaluateDeep({ value: output.value }, scope);
    const secret = output.sensitive || result.secretPaths.length > 0;
    const value = result.unknownPaths.length > 0 ? null : result.value.value;
    return { name, title: output.title ?? name, value, secret };
  });
  return { components, outputs };
}

/** What the demo cloud says of a component; the external id is the one the simulated driver assumes. */
function observe(
  environmentName: string,
  component: string,
  { view, digest }: ResolvedComponent,
): BlueprintComponent["observation"] {
  const host = `${environmentName}-${component}.demo.example`;
  const logical = logicalPorts(view.spec);
  const web = logical.find((port) => /^(80|8080|3000|8000)$/.test(port));
  const internal = { host, ports: Object.fromEntries(logical.map((port) => [port, Number(port)])) };
  const external = {
    host,
    ports: Object.fromEntries(logical.map((port) => [port, port === web ? 443 : Number(port)])),
  };
  return {
    present: true,
    externalId: `sim-${environmentName}-${component}`,
    status: "running",
    appliedKey: null,
    appliedDigest: digest,
    attributes: { simulated: true, zone: "sim-1", ...imageOf(view.spec) },
    internal,
    external,
    url: web ? simulatedUrl({ environmentName, component }) : null,
    outputs: {},
    replicas: { desired: view.replicas, running: view.replicas },
  };
}

function imageOf(spec: Record<string, unknown>): Record<string, string> {
  return typeof spec.image === "string" ? { image: spec.image } : {};
}

function logicalPorts(spec: Record<string, unknown>): string[] {
  const listed = [spec.ports, spec.expose].flatMap((value) => (Array.isArray(value) ? value : []));
  return listed.map((port) => String(port).split(":").at(-1)?.replace(/\/.*/, "") ?? "80");
}
