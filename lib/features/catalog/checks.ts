import { implementationSchemas } from "@/lib/engine/template/schema-implementations";
import type { Component, ImplementationKind, Manifest } from "@/lib/engine/template/types";
import { relativeTo } from "./files";
import type { VersionCheck } from "./schema";

const kinds = Object.keys(implementationSchemas) as ImplementationKind[];

export interface CheckInput {
  /** Problems the parser finds in the source today, as sentences. */
  manifestProblems: string[];
  manifest: Manifest;
  /** Paths of the version's files. */
  paths: readonly string[];
  /** Enabled clouds with what they can run. */
  clouds: readonly { title: string; implementations: readonly string[] }[];
  /** Problems of a preset's parameters, as sentences. */
  presetProblems(preset: Manifest["spec"]["presets"][number]): string[];
}

/** The automated checks of a version. Pure; failed ones stop it from being submitted, warnings inform the reviewer. */
export function checkVersion(input: CheckInput): VersionCheck[] {
  const { manifest } = input;
  const presetFindings = manifest.spec.presets.flatMap((preset) =>
    input.presetProblems(preset).map((problem) => `${preset.title ?? preset.name}: ${problem}`),
  );
  return [
    check("manifest", "Manifest is valid", "failed", input.manifestProblems),
    check("files", "Referenced files exist", "failed", missingFiles(manifest, input.paths)),
    check("presets", "Presets are valid", "failed", presetFindings),
    check("clouds", "Enabled clouds support all components", "warning", unsupported(input)),
    check("acceptance", "Acceptance checks are defined", "warning", withoutAcceptance(manifest)),
    check("sizes", "Components have sizes", "warning", unsized(manifest)),
  ];
}

function check(
  name: VersionCheck["name"],
  title: string,
  otherwise: "warning" | "failed",
  messages: string[],
): VersionCheck {
  return { name, title, state: messages.length === 0 ? "passed" : otherwise, messages };
}

/** The implementation kinds a component offers. */
export function implementationsOf(component: Component): ImplementationKind[] {
  return kinds.filter((kind) => component[kind] !== undefined);
}

/** Files and folders of the version that a component's implementations name. */
export function referencedPaths(component: Component): string[] {
  const { process, container, script, terraform, kubernetes, heat, ansible } = component;
  const named: unknown[] = [
    process?.files?.dir,
    ...Object.values(container?.files ?? {}),
    script?.files,
    terraform?.module,
    ...(kubernetes?.manifests ?? []),
    heat?.template,
    ansible?.playbook,
    ansible?.remove,
    ansible?.inventory,
  ];
  return named.filter((path): path is string => typeof path === "string" && !path.includes("${{"));
}

function missingFiles(manifest: Manifest, paths: readonly string[]): string[] {
  return Object.entries(manifest.spec.components).flatMap(([name, component]) =>
    referencedPaths(component)
      .filter((wanted) => !paths.some((path) => relativeTo(wanted, path) !== null))
      .map((wanted) => `${name} refers to ${wanted}, which isn’t among the version’s files.`),
  );
}

function unsupported(input: CheckInput): string[] {
  const supported = new Set(input.clouds.flatMap((cloud) => cloud.implementations));
  return Object.entries(input.manifest.spec.components).flatMap(([name, component]) => {
    const offered = implementationsOf(component);
    if (offered.some((kind) => supported.has(kind))) return [];
    return [`No enabled cloud supports ${name}, which requires ${offered.join(" or ")}.`];
  });
}

function withoutAcceptance(manifest: Manifest): string[] {
  if (manifest.spec.acceptance.length > 0) return [];
  return ["No acceptance checks. Broken environments would be reported as ready."];
}

function unsized(manifest: Manifest): string[] {
  return Object.entries(manifest.spec.components).flatMap(([name, component]) => {
    const holdsSomething = component.container !== undefined || component.process !== undefined;
    const { cpu, memory } = component.size;
    if (!holdsSomething || (cpu !== 0 && memory !== 0)) return [];
    return [`${name} sets no ${cpu === 0 ? "cpu" : "memory"}. Cost and quota would be underestimated.`];
  });
}
