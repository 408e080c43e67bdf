import { departuresOf, type PlanChange, type StepAction, stepsOf } from "@/lib/engine/plan";
import type { NewStep } from "@/lib/engine/run";
import { componentGraph } from "@/lib/engine/template";
import type { Manifest } from "@/lib/engine/template/types";
import { type Operation, operationOf } from "./operations";
import type { Loss, RequestKind } from "./schema";

interface Prepared {
  kind: RequestKind;
  version: { manifest: Manifest };
  changes: readonly PlanChange[];
  losses: readonly Loss[];
}

/**
 * The steps of a run: those of its changes, and what belongs to a run but to no component. After a change in place
 * all that depends on it has to be well again, then come the acceptance checks; a destroy is tidied up after.
 */
export function stepsWithEnds({ kind, version, changes, losses }: Prepared): NewStep[] {
  const { ends, work } = operationOf(kind);
  const isWork = work.plan !== "each" || work.action !== "no-op";
  const steps = !isWork ? [] : afterBackups(safetyBackups(changes, losses), stepsOf(changes));
  const end = (component: string, action: StepAction, input: NewStep["input"] = {}) => {
    steps.push({ component, action, cloudId: null, dependsOn: steps.map((_, position) => position), input });
  };
  if (work.plan === "removal") end("environment", "cleanup");
  if (steps.length === 0) return steps;
  const unsettled = unsettledAfter(ends.settles, changes, version.manifest);
  if (unsettled.length > 0) end("health", "settle", { components: unsettled });
  if (ends.verifies && version.manifest.spec.acceptance.length > 0) end("acceptance", "verify");
  // What moved is deleted where it was when everything is known to work without it.
  for (const { component, action, input, cloudId } of departuresOf(changes)) {
    end(component, action, input);
    Object.assign(steps.at(-1) ?? {}, { cloudId });
  }
  return steps;
}

/** One step for each component whose data is copied before it is deleted. A restore keeps what it replaces by itself. */
function safetyBackups(changes: readonly PlanChange[], losses: readonly Loss[]): NewStep[] {
  const copied = losses.filter((one) => one.safetyCopy && one.reason !== "data_restored");
  return [...new Set(copied.map((one) => one.component))].flatMap((component): NewStep[] => {
    const change = changes.find((one) => one.component === component);
    if (!change) return [];
    const cloudId = change.from?.id ?? change.cloud.id;
    const volumes = (change.lostVolumes ?? []).map((one) => one.path).filter((path) => path !== "");
    return [
      {
        component,
        action: "backup",
        cloudId,
        dependsOn: [],
        input: { kind: change.kind, title: change.title, volumes },
      },
    ];
  });
}

/** Nothing is touched before every safety backup is there: each step waits for all of them. */
function afterBackups(backups: readonly NewStep[], steps: readonly NewStep[]): NewStep[] {
  const first = backups.map((_, position) => position);
  const later = steps.map((step) => ({
    ...step,
    dependsOn: [...first, ...step.dependsOn.map((position) => position + backups.length)],
  }));
  return [...backups, ...later];
}

/** A repair is done when all of the environment is well, whatever of it was broken. */
function unsettledAfter(
  settles: Operation["ends"]["settles"],
  changes: readonly PlanChange[],
  manifest: Manifest,
): string[] {
  if (settles === "all") return changes.map((one) => one.component);
  return settles === "dependents" ? unsettledBy(changes, manifest) : [];
}

/** What changes and everything that depends on it, however far away; nothing when nothing depends on it. */
function unsettledBy(changes: readonly PlanChange[], manifest: Manifest): string[] {
  const changed = changes
    .filter((one) => one.action !== "no-op" && one.action !== "delete")
    .map((one) => one.component);
  const dependents = componentGraph(manifest).descendants(...changed);
  return dependents.size === 0 ? [] : [...new Set([...changed, ...dependents])];
}
