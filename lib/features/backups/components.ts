import { evaluateDeep } from "@/lib/engine/expressions";
import { commonScope, secretScope } from "@/lib/engine/plan";
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
  kind: string,
): Backup | undefined {
  const definition = manifest.spec.components[component];
  const block = definition?.[kind as "process"] as { backup?: Backup } | undefined;
  return block?.backup ?? definition?.backup;
}

/** What of an environment is captured, with every expression in it evaluated. */
export function backedComponents({ inputs, existing }: EnvironmentContext): BackedComponent[] {
  const common = commonScope(inputs);
  return [...existing.values()].flatMap(({ component, cloudId, kind, published }) => {
    const backup = backupOf(inputs.manifest, component, kind);
    if (!backup) return [];
    const { host, ports, url } = published.internal;
    const scope = {
      ...common,
      secrets: secretScope(inputs, component),
      self: { host, ports, url: url ?? "" },
    };
    // The cloud of a process fills in the placeholders of its commands; what values bring is none.
    const writingAt = (pointer: string) => ({
      placeholders: kind === "process" && /^\/(dump|restore)\//.test(pointer),
    });
    return [{ component, cloudId, backup: evaluateDeep(backup, scope, writingAt).value }];
  });
}
