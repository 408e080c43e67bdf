import type { DesiredComponent, HealthCheckSpec, Observation, Size } from "@/lib/clouds/contract";
import { digestOf } from "@/lib/kernel/canonical";
import { parseDurationMs } from "@/lib/kernel/durations";
import { messageOf } from "@/lib/kernel/errors";
import { parseBytes, parseCpu } from "@/lib/kernel/quantities";
import { ExpressionError, evaluateDeep, isUnknown, redactPaths, type Scope, UNKNOWN } from "../expressions";
import { healthSchema } from "../template/schema-operations";
import type { Component, Health } from "../template/types";
import { asShown, writingOf } from "./placeholder-texts";
import { type EnvironmentInputs, endpointScope, secretScope } from "./scope";
import type { DesiredView, Endpoint, Published, PublishedOutput } from "./types";
import { withoutUnset } from "./unset";

/** A component with its expressions evaluated as far as they can be now. */
export interface ResolvedComponent {
  /** Null while something in it is only known after another component is applied. */
  desired: DesiredComponent | null;
  digest: string | null;
  view: DesiredView;
  unknownPaths: string[];
  secretPaths: string[];
}

const unknownText = "(known after apply)";

/**
 * Evaluates a component's size, replicas and chosen implementation.
 * @throws ExpressionError, QuantityError when an expression fails or gives no usable value
 */
export function resolveComponent(
  inputs: EnvironmentInputs,
  name: string,
  common: Record<string, unknown>,
  neighbors: Record<string, unknown>,
): ResolvedComponent {
  const placed = inputs.placement[name];
  if (!placed) throw new Error(`Component ${name} has no target cloud.`);
  const { resolved, size, replicas, files } = evaluateComponent(inputs, name, placed.kind, common, neighbors);
  const known = resolved.unknownPaths.length === 0;
  const desired: DesiredComponent | null = known
    ? {
        kind: placed.kind,
        replicas,
        size,
        spec: resolved.value.spec,
        filesDigest: files,
        health: healthOf(resolved.value.health),
      }
    : null;
  const redacted = asShown(
    placed.kind,
    redactPaths(
      redactPaths(resolved.value, resolved.secretPaths, "(secret)"),
      resolved.unknownPaths,
      unknownText,
    ),
  );
  return {
    desired,
    digest: desired ? digestOf(desired) : null,
    view: { kind: placed.kind, replicas, size, spec: redacted.spec, files, health: redacted.health },
    unknownPaths: resolved.unknownPaths,
    secretPaths: resolved.secretPaths,
  };
}

/** Where what a component will be is not known yet; everything else of it is. */
export interface DraftedComponent {
  desired: DesiredComponent;
  /** JSON pointers into `desired.spec` where a text stands for a value that only the run will know. */
  unknownPaths: string[];
}

/** Drafts one component for one kind of implementation. @throws Error as `resolveComponent` does */
export type ComponentDrafter = (name: string, kind: DesiredComponent["kind"]) => DraftedComponent;

/**
 * Components as a cloud can judge them before anything is chosen or applied: neighbors and generated secrets are not
 * known. Health checks are left out. What several clouds ask for is drafted once.
 */
export function componentDrafter(
  inputs: EnvironmentInputs,
  common: Record<string, unknown>,
): ComponentDrafter {
  const others = Object.keys(inputs.manifest.spec.components);
  const neighbors = Object.fromEntries(others.map((other) => [other, UNKNOWN]));
  const drafts = new Map<string, DraftedComponent>();
  return (name, kind) => {
    const key = `${kind}/${name}`;
    const known = drafts.get(key);
    if (known) return known;
    const draft = draftComponent(inputs, name, kind, common, neighbors);
    drafts.set(key, draft);
    return draft;
  };
}

function draftComponent(
  inputs: EnvironmentInputs,
  name: string,
  kind: DesiredComponent["kind"],
  common: Record<string, unknown>,
  neighbors: Record<string, unknown>,
): DraftedComponent {
  const { resolved, size, replicas, files } = evaluateComponent(inputs, name, kind, common, neighbors);
  const spec = redactPaths(resolved.value, resolved.unknownPaths, unknownText).spec;
  return {
    desired: { kind, replicas, size, spec, filesDigest: files, health: null },
    unknownPaths: resolved.unknownPaths.flatMap((path) =>
      path.startsWith("/spec/") ? [path.slice("/spec".length)] : [],
    ),
  };
}

function evaluateComponent(
  inputs: EnvironmentInputs,
  name: string,
  kind: DesiredComponent["kind"],
  common: Record<string, unknown>,
  neighbors: Record<string, unknown>,
) {
  return namingComponent(name, () => {
    const component = componentOf(inputs, name);
    const base: Scope = { ...common, components: neighbors };
    const size = resolveSize(component, base);
    const scope: Scope = { ...base, secrets: secretScope(inputs, name), size: sizeScope(size) };
    const { backup: _backup, health: ownHealth, ...block } = implementationOf(component, kind);
    const health = ownHealth ?? component.health ?? null;
    const { value, ...paths } = evaluateDeep({ spec: block, health }, scope, writingOf(kind));
    return {
      resolved: { ...paths, value: { ...value, spec: withoutUnset(value.spec) } },
      size,
      replicas: resolveReplicas(component, base),
      files: filesDigestOf(inputs, block),
    };
  });
}

class ComponentError extends Error {}

/** Whatever goes wrong with a component's expressions is said with its name and the key it stands at. */
export function namingComponent<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ComponentError) throw error;
    const at = error instanceof ExpressionError ? error.path.replace(/^\/spec|^\/value/, "") : "";
    const key = at.slice(1).replaceAll("/", ".");
    throw new ComponentError(`${name}${key ? `, ${key}` : ""}: ${messageOf(error)}`, { cause: error });
  }
}

const maxReplicas = 1_000;

/**
 * How many replicas are wanted: as the component says, and not fewer than its scaling's minimum.
 * @throws RangeError when the expression gives anything but a whole number from 0 to 1,000
 */
export function resolveReplicas(component: Component, scope: Scope): number {
  const given = { replicas: component.replicas, min: component.scaling?.min ?? 0 };
  const written = Object.values(given).every((one) => typeof one === "number");
  const { replicas, min } = written ? given : evaluateDeep(given, scope).value;
  return Math.max(replicaCount(replicas, "replicas"), replicaCount(min, "scaling.min"));
}

function replicaCount(value: unknown, key: string): number {
  const replicas = typeof value === "string" && /^\d{1,4}$/.test(value) ? Number(value) : value;
  if (
    typeof replicas === "number" &&
    Number.isInteger(replicas) &&
    replicas >= 0 &&
    replicas <= maxReplicas
  ) {
    return replicas;
  }
  throw new RangeError(
    `${key} must be a whole number from 0 to ${maxReplicas}, not ${JSON.stringify(value)}`,
  );
}

/** Whether a component belongs to the environment with these parameters (`when`). */
export function isWanted(component: Component, common: Record<string, unknown>): boolean {
  if (component.when === undefined) return true;
  const { value } = evaluateDeep({ value: component.when }, common).value;
  if (typeof value === "boolean") return value;
  throw new TypeError(`"when" must be true or false, not ${JSON.stringify(value)}`);
}

/** Evaluates a component's outputs against what its cloud says of it, as seen from inside and from outside. */
export function publish(
  inputs: EnvironmentInputs,
  name: string,
  common: Record<string, unknown>,
  neighbors: Record<string, unknown>,
  observation: Extract<Observation, { present: true }>,
): Published {
  const component = componentOf(inputs, name);
  const base: Scope = { ...common, components: neighbors };
  const size = resolveSize(component, base);
  const see = (address: { host: string; ports: Record<string, number> }, url: string | null): Endpoint => {
    const self = { ...endpointScope({ ...address, url, outputs: {} }), outputs: observation.outputs };
    const scope: Scope = { ...base, self, secrets: secretScope(inputs, name), size: sizeScope(size) };
    const outputs: Record<string, PublishedOutput> = {};
    for (const [key, value] of Object.entries(observation.outputs)) outputs[key] = { value, secret: false };
    for (const [key, output] of Object.entries(component.outputs)) {
      const result = evaluateDeep({ value: output.value }, scope);
      outputs[key] = { value: result.value.value, secret: output.sensitive || result.secretPaths.length > 0 };
    }
    return { host: address.host, ports: address.ports, url, outputs };
  };
  const internal = see(observation.internal, internalUrl(observation));
  return { internal, external: see(observation.external, observation.url) };
}

function internalUrl(observation: Extract<Observation, { present: true }>): string | null {
  if (!observation.url) return null;
  const published = Number(new URL(observation.url).port || "80");
  const logical = Object.entries(observation.external.ports).find(([, port]) => port === published)?.[0];
  const port = logical === undefined ? undefined : observation.internal.ports[logical];
  return port === undefined ? observation.url : `http://${observation.internal.host}:${port}`;
}

function componentOf(inputs: EnvironmentInputs, name: string): Component {
  const component = inputs.manifest.spec.components[name];
  if (!component) throw new Error(`The template has no component ${name}.`);
  return component;
}

function implementationOf(
  component: Component,
  kind: DesiredComponent["kind"],
): Record<string, unknown> & { health?: Health } {
  const block = component[kind];
  if (!block) throw new Error(`The component has no ${kind} implementation.`);
  return block as Record<string, unknown> & { health?: Health };
}

function resolveSize(component: Component, scope: Scope): Size {
  const { value } = evaluateDeep(component.size, scope);
  const read = (given: unknown, parse: (value: string | number) => number) =>
    isUnknown(given) ? 0 : parse(given as string | number);
  return {
    cpu: read(value.cpu, parseCpu),
    memoryBytes: read(value.memory, parseBytes),
    storageBytes: read(value.storage, parseBytes),
  };
}

function sizeScope(size: Size): Record<string, unknown> {
  return { cpu: size.cpu, memory: size.memoryBytes, storage: size.storageBytes };
}

/** Digest of all template files a block names: `files` of a process or script, of a container, a module folder. */
function filesDigestOf(inputs: EnvironmentInputs, block: Record<string, unknown>): string {
  const folders: string[] = [];
  const { files, module, playbook } = block as { files?: unknown; module?: unknown; playbook?: unknown };
  for (const value of [files, module, playbook]) {
    if (typeof value === "string") folders.push(value);
    else if (value && typeof value === "object") {
      for (const item of Object.values(value)) if (typeof item === "string") folders.push(item);
    }
  }
  if (folders.length === 0) return "";
  const digests = folders.map((folder) => inputs.filesDigest(folder));
  return digests.length === 1 ? (digests[0] ?? "") : digestOf(digests);
}

/** The manifest's health check as a driver reads it. */
function healthOf(health: Health | null): HealthCheckSpec | null {
  if (!health) return null;
  const probe: HealthCheckSpec["probe"] = health.http
    ? { type: "http", path: health.http, ...(health.status === undefined ? {} : { status: health.status }) }
    : health.exec
      ? { type: "exec", command: health.exec }
      : { type: "tcp" };
  const port = health.port ?? health.tcp;
  // An expression may have become any duration.
  for (const name of ["interval", "timeout", "grace", "window"] as const) {
    const { error } = healthSchema.shape[name].safeParse(health[name]);
    if (error) throw new Error(`health.${name}: ${error.issues[0]?.message}`);
  }
  return {
    probe,
    ...(port === undefined ? {} : { port: Number(port) }),
    intervalMs: parseDurationMs(health.interval),
    timeoutMs: parseDurationMs(health.timeout),
    failures: health.failures,
    graceMs: parseDurationMs(health.grace),
    ...(health.window === undefined ? {} : { windowMs: parseDurationMs(health.window) }),
  };
}
