import { type PlanChange, stepsOf } from "@/lib/engine/plan";
import type { NewStep } from "@/lib/engine/run";
import { componentEdges } from "@/lib/engine/template";
import type { Manifest } from "@/lib/engine/template/types";

interface Prepared {
  kind: string;
  version: { manifest: Manifest };
  changes: readonly PlanChange[];
}

/** Changes in place of what others may hold connections to. Healing is left out: it must not wait for the next dead. */
const settling = new Set(["update", "start", "restart", "restore"]);

/**
 * The steps of a run: those of its changes, and what belongs to a run but to no component. After a change in place
 * all that depends on it has to be well again, then come the acceptance checks; a destroy is tidied up after.
 */
export function stepsWithEnds({ kind, version, changes }: Prepared): NewStep[] {
  const steps = kind === "extend" ? [] : stepsOf(changes);
  const end = (component: string, action: string, input: NewStep["input"] = {}) => {
    steps.push({ component, action, cloudId: null, dependsOn: steps.map((_, position) => position), input });
  };
  if (kind === "destroy") end("environment", "cleanup");
  if (steps.length === 0) return steps;
  const unsettled = unsettledAfter(kind, changes, version.manifest);
  if (unsettled.length > 0) end("health", "settle", { components: unsettled });
  const accepted = kind === "create" || kind === "update" || kind === "repair";
  if (accepted && version.manifest.spec.acceptance.length > 0) end("acceptance", "verify");
  return steps;
}

/** A repair is done when all of the environment is well, whatever of it was broken. */
function unsettledAfter(kind: string, changes: readonly PlanChange[], manifest: Manifest): string[] {
  if (kind === "repair") return changes.map((one) => one.component);
  return settling.has(kind) ? unsettledBy(changes, manifest) : [];
}

/** What changes and everything that depends on it, however far away; nothing when nothing depends on it. */
function unsettledBy(changes: readonly PlanChange[], manifest: Manifest): string[] {
  const changed = changes.filter((one) => one.action !== "no-op" && one.action !== "delete");
  const found = new Set(changed.map((one) => one.component));
  const dependents = new Map<string, string[]>();
  for (const { from, to } of componentEdges(manifest))
    dependents.set(to, [...(dependents.get(to) ?? []), from]);
  const depended = changed.some((one) => dependents.has(one.component));
  if (!depended) return [];
  // A set is walked over what is added to it meanwhile.
  for (const name of found) for (const dependent of dependents.get(name) ?? []) found.add(dependent);
  return [...found];
}
