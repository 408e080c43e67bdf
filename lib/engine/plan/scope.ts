import { type Scope, sensitive, UNKNOWN } from "../expressions";
import { compileParameters } from "../parameters";
import type { Manifest } from "../template/types";
import type { Endpoint, Placed, Published } from "./types";

/** Everything the expressions of an environment may read, apart from other components. */
export interface EnvironmentInputs {
  manifest: Manifest;
  /** Resolved parameters, in clear. */
  parameters: Record<string, unknown>;
  secretParameters: ReadonlySet<string>;
  /** Component → secret name → value; a missing one is made when the run begins. */
  secrets: Record<string, Record<string, string>>;
  environment: { id: string; name: string; project: string };
  placement: Record<string, Placed>;
  /** Digest of the template files under a path; changes when one of them does. */
  filesDigest(pathPrefix: string): string;
}

/** The part of a scope that is the same for every component. A parameter that was not given is null. */
export function commonScope(inputs: EnvironmentInputs): Record<string, unknown> {
  const declared = compileParameters(inputs.manifest);
  const parameters: Record<string, unknown> = Object.fromEntries(declared.names.map((name) => [name, null]));
  Object.assign(parameters, inputs.parameters);
  for (const name of new Set([...inputs.secretParameters, ...declared.secrets])) {
    if (Object.hasOwn(parameters, name)) parameters[name] = sensitive(parameters[name]);
  }
  return { parameters, environment: inputs.environment };
}

/** The secrets a template has generated for its components. */
export function generatedSecrets(
  manifest: Manifest,
): { component: string; name: string; length: number; alphabet: string }[] {
  return Object.entries(manifest.spec.components).flatMap(([component, { secrets }]) =>
    Object.entries(secrets).flatMap(([name, source]) =>
      "generate" in source ? [{ component, name, ...source.generate }] : [],
    ),
  );
}

/** Secrets of a component as its own expressions see them: null where the parameter of one was not given. */
export function secretScope(inputs: EnvironmentInputs, component: string): Record<string, unknown> {
  const declared = inputs.manifest.spec.components[component]?.secrets ?? {};
  const values = inputs.secrets[component] ?? {};
  const scope: Record<string, unknown> = {};
  for (const [name, source] of Object.entries(declared)) {
    scope[name] = sensitive(
      "parameter" in source ? (inputs.parameters[source.parameter] ?? null) : (values[name] ?? UNKNOWN),
    );
  }
  return scope;
}

/**
 * What component `from` (null: the template's own outputs) sees of its neighbors: the internal address when
 * both stand in one cloud, else the external one. A neighbor that is not there yet is unknown.
 */
export function neighborScope(
  inputs: EnvironmentInputs,
  from: string | null,
  neighbors: readonly string[],
  published: ReadonlyMap<string, Published>,
): Record<string, unknown> {
  const scope: Record<string, unknown> = {};
  for (const name of neighbors) {
    const known = published.get(name);
    const near = from !== null && inputs.placement[from]?.cloudId === inputs.placement[name]?.cloudId;
    scope[name] = known ? endpointScope(near ? known.internal : known.external) : UNKNOWN;
  }
  return scope;
}

/** An endpoint as expressions read it. */
export function endpointScope(endpoint: Endpoint): Scope {
  const outputs: Record<string, unknown> = {};
  for (const [name, output] of Object.entries(endpoint.outputs)) {
    outputs[name] = output.secret ? sensitive(output.value) : output.value;
  }
  return { host: endpoint.host, ports: endpoint.ports, url: endpoint.url ?? "", outputs };
}
