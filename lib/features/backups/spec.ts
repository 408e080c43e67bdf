import type { ImplementationKind } from "@/lib/clouds/contract";
import { evaluateDeep, sensitive } from "@/lib/engine/expressions";
import { commonScope, endpointScope } from "@/lib/engine/plan";
import type { Backup, Component } from "@/lib/engine/template/types";
import type { EnvironmentContext } from "@/lib/features/environments";

/** A component's backup with its expressions evaluated; null when it has none. An implementation's own comes first. */
export function backupOf(
  context: EnvironmentContext,
  component: string,
  kind: ImplementationKind,
): Backup | null {
  const definition = context.inputs.manifest.spec.components[component];
  const declared = definition ? declaredBackup(definition, kind) : null;
  const existing = context.existing.get(component);
  if (!declared || !existing) return null;
  const secrets = Object.fromEntries(
    Object.entries(context.inputs.secrets[component] ?? {}).map(([name, value]) => [name, sensitive(value)]),
  );
  const { internal } = existing.published;
  const self = { ...endpointScope({ ...internal, outputs: {} }), outputs: endpointScope(internal).outputs };
  const scope = { ...commonScope(context.inputs), secrets, self, components: {} };
  return evaluateDeep(declared, scope).value;
}

/** As the manifest says it, unevaluated. */
export function declaredBackup(component: Component, kind: ImplementationKind): Backup | null {
  const block = component[kind] as { backup?: Backup } | undefined;
  return block?.backup ?? component.backup ?? null;
}
