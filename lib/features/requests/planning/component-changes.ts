import type { ExistingComponent, PlanAction, PlanChange } from "@/lib/engine/plan";
import { componentGraph } from "@/lib/engine/template";
import type { EnvironmentContext } from "@/lib/features/environments";
import { AppError } from "@/lib/kernel/errors";

/**
 * Changes that leave components what they are: stopping follows the reversed edges, everything else the edges.
 * @param only one component by name, or some; all when absent
 */
export function componentChanges(
  context: EnvironmentContext,
  action: PlanAction,
  reason: string,
  only?: string | readonly ExistingComponent[],
): PlanChange[] {
  const { manifest } = context.inputs;
  const chosen =
    typeof only === "object"
      ? [...only]
      : [...context.existing.values()].filter((one) => only === undefined || one.component === only);
  if (typeof only === "string" && chosen.length === 0) {
    throw new AppError("validation_failed", `The environment has no component "${only}".`);
  }
  const graph = componentGraph(manifest).among(chosen.map((one) => one.component));
  const along = action === "stop" ? graph.reverse() : graph;
  return chosen.map((one) => ({
    component: one.component,
    title: manifest.spec.components[one.component]?.title ?? one.component,
    action,
    kind: one.kind,
    cloud: { id: one.cloudId, name: one.cloudName },
    dependsOn: [...along.predecessors(one.component)],
    follows: false,
    disruptive: action !== "no-op" && action !== "start",
    reason,
    size: one.view.size,
    replicas: one.view.replicas,
    before: { size: one.view.size, replicas: one.view.replicas },
    diff: [],
  }));
}

/**
 * A stopped environment runs after a change: what the change leaves alone is started, before what depends on it. What
 * is looked at again for its links is started by that.
 */
export function startingTheRest(changes: readonly PlanChange[]): PlanChange[] {
  return changes.map((one) =>
    one.action === "no-op" && !one.follows
      ? { ...one, action: "start", reason: "starts because the environment runs after the change" }
      : one,
  );
}
