import { parseDurationMs } from "@/lib/kernel/durations";
import { minimumSecretBits, minimumSecretLength } from "@/lib/kernel/secret-alphabets";
import { checkParameterDefinitions, checkPreset } from "../parameters/check";
import type { Finding } from "./check-references";
import { containerPortOf } from "./names";
import { hasExpression } from "./schema-values";
import { didYouMean } from "./suggest";
import type { Component, Manifest } from "./types";

/** Rules between parts of a manifest that the schema of each part cannot see. */
export function checkRules(manifest: Manifest): Finding[] {
  const definitions = checkParameterDefinitions(manifest.spec.parameters);
  // Presets can only be judged by definitions that are themselves sound.
  const isSound = definitions.length === 0;
  return [
    ...definitions,
    ...manifest.spec.presets.flatMap((_, index) => (isSound ? checkPreset(manifest, index) : [])),
    ...uniqueNames(manifest.spec.presets, ["spec", "presets"]),
    ...uniqueNames(manifest.spec.actions, ["spec", "actions"]),
    ...checkActions(manifest),
    ...checkLease(manifest),
    ...Object.entries(manifest.spec.components).flatMap(([name, component]) =>
      checkComponent(name, component, manifest),
    ),
  ];
}

function uniqueNames(items: readonly { name: string }[], path: string[]): Finding[] {
  return items.flatMap(({ name }, index) =>
    items.findIndex((item) => item.name === name) < index
      ? [{ path: [...path, index, "name"], message: `duplicate name "${name}"` }]
      : [],
  );
}

function checkActions(manifest: Manifest): Finding[] {
  const all = Object.keys(manifest.spec.components);
  return manifest.spec.actions.flatMap(({ component }, index) =>
    all.includes(component)
      ? []
      : [
          {
            path: ["spec", "actions", index, "component"],
            message: `there is no component "${component}"${didYouMean(component, all)}`,
            allowed: all,
          },
        ],
  );
}

function checkLease({ spec }: Manifest): Finding[] {
  const { lease } = spec.lifecycle;
  const findings: Finding[] = Object.entries(lease).flatMap(([key, value]) =>
    hasExpression(value)
      ? [{ path: ["spec", "lifecycle", "lease", key], message: "a lease can’t contain an expression" }]
      : [],
  );
  if (findings.length > 0) return findings;
  const maxMs = parseDurationMs(lease.max);
  const maxDays = maxMs / 86_400_000;
  if (parseDurationMs(lease.default) > maxMs) {
    const message = `the default lease (${lease.default}) must not be longer than the maximum (${lease.max})`;
    findings.push({ path: ["spec", "lifecycle", "lease", "default"], message });
  }
  spec.presets.forEach(({ leaseDays }, index) => {
    if (leaseDays === undefined || leaseDays <= maxDays) return;
    const message = `a lease of ${leaseDays} days is longer than the maximum (${lease.max})`;
    findings.push({ path: ["spec", "presets", index, "leaseDays"], message });
  });
  return findings;
}

function checkComponent(name: string, component: Component, manifest: Manifest): Finding[] {
  const base = ["spec", "components", name];
  return [
    ...checkSecrets(base, component, manifest),
    ...checkPorts(base, component),
    ...checkVolumes([...base, "container", "volumes"], component.container?.volumes ?? []),
    ...checkVolumes([...base, "process", "volumes"], component.process?.volumes ?? []),
    ...checkHealth(base, component),
    ...checkShellTest(base, component),
  ];
}

function checkSecrets(base: string[], component: Component, manifest: Manifest): Finding[] {
  const parameters = new Map(manifest.spec.parameters.flatMap((page) => Object.entries(page.properties)));
  return Object.entries(component.secrets).flatMap(([name, source]): Finding[] => {
    if (!("parameter" in source))
      return checkStrength([...base, "secrets", name, "generate"], source.generate);
    const path = [...base, "secrets", name, "parameter"];
    const parameter = parameters.get(source.parameter);
    const all = [...parameters.keys()];
    if (!parameter) {
      const message = `there is no parameter "${source.parameter}"${didYouMean(source.parameter, all)}`;
      return [{ path, message, allowed: all }];
    }
    if (parameter.format === "secret") return [];
    return [{ path, message: `parameter "${source.parameter}" must have format: secret to be a secret` }];
  });
}

function checkStrength(
  path: string[],
  { length, alphabet }: { length: number; alphabet: string },
): Finding[] {
  const least = minimumSecretLength(alphabet);
  if (length >= least) return [];
  const message = Number.isFinite(least)
    ? `use at least ${least} characters: ${length} of this alphabet have fewer than ${minimumSecretBits} random bits`
    : "use an alphabet with at least two different characters";
  return [{ path, message }];
}

function checkPorts(base: string[], component: Component): Finding[] {
  const lists: [string, string, readonly unknown[]][] = [
    ["container", "ports", component.container?.ports ?? []],
    ["process", "ports", component.process?.ports ?? []],
  ];
  return lists.flatMap(([kind, key, list]) => {
    const ports = list.map((mapping) => containerPortOf(mapping));
    return ports.flatMap((port, index): Finding[] =>
      !Number.isNaN(port) && ports.indexOf(port) < index
        ? [{ path: [...base, kind, key, index], message: `duplicate port ${port}` }]
        : [],
    );
  });
}

function checkVolumes(path: string[], volumes: readonly string[]): Finding[] {
  const targets = volumes.map((volume) => volume.split(":")[1] ?? "");
  return targets.flatMap((target, index) =>
    targets.indexOf(target) < index && !hasExpression(volumes[index] ?? "")
      ? [{ path: [...path, index], message: `another volume is already mounted at ${target}` }]
      : [],
  );
}

/** A shell reads the whole line of such a test, so a value in it could become a command. */
function checkShellTest(base: string[], { container }: Component): Finding[] {
  const [kind, ...line] = container?.healthcheck?.test ?? [];
  if (kind !== "CMD-SHELL" || !line.some(hasExpression)) return [];
  const message = "a command line can’t contain an expression; use a list that starts with CMD";
  return [{ path: [...base, "container", "healthcheck", "test"], message }];
}

function checkHealth(base: string[], component: Component): Finding[] {
  const { health, container, process } = component;
  if (!health || health.exec || health.port !== undefined || health.tcp !== undefined) return [];
  const hasPort = [container?.ports, container?.expose, process?.ports].some(
    (list) => (list?.length ?? 0) > 0,
  );
  // Only containers and processes list their ports; other implementations report theirs when applied.
  if (hasPort || (!container && !process)) return [];
  const message = "an http check requires a port; declare the component’s ports or set health.port";
  return [{ path: [...base, "health"], message, atKey: true }];
}
