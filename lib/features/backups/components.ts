import type { ImplementationKind } from "@/lib/clouds/contract";
import { evaluateDeep } from "@/lib/engine/expressions";
import { commonScope, type Published, secretScope } from "@/lib/engine/plan";
import type { Backup } from "@/lib/engine/template/types";
import type { EnvironmentContext } from "@/lib/features/environments";

/** A component that has something to keep. */
export interface BackedComponent {
  component: string;
  cloudId: string;
  backup: Backup;
}

/** The backup of a component as the manifest has it: its implementation's own one, else the component's. */
export function backupOf(
  manifest: EnvironmentContext["inputs"]["manifest"],
  component: string,
  kind: ImplementationKind | undefined,
): Backup | undefined {
  const definition = manifest.spec.components[component];
  const block = kind && definition?.[kind];
  return (block && "backup" in block ? block.backup : undefined) ?? definition?.backup;
}

/** The backup of one component with its expressions evaluated, as a version says it; undefined when it says none. */
export function evaluatedBackup(
  inputs: EnvironmentContext["inputs"],
  component: string,
  kind: ImplementationKind,
  published: Published,
): Backup | undefined {
  const backup = backupOf(inputs.manifest, component, kind);
  if (!backup) return undefined;
  const { host, ports, url } = published.internal;
  const scope = {
    ...commonScope(inputs),
    secrets: secretScope(inputs, component),
    self: { host, ports, url: url ?? "" },
  };
  // The cloud of a process fills in the placeholders of its commands; what values bring is none.
  const writingAt = (pointer: string) => ({
    placeholders: kind === "process" && /^\/(dump|restore)\//.test(pointer),
  });
  return evaluateDeep(backup, scope, writingAt).value;
}

/** What of an environment is captured, with every expression in it evaluated. */
export function backedComponents({ inputs, existing }: EnvironmentContext): BackedComponent[] {
  return [...existing.values()].flatMap(({ component, cloudId, kind, published }) => {
    const backup = evaluatedBackup(inputs, component, kind, published);
    return backup ? [{ component, cloudId, backup }] : [];
  });
}
