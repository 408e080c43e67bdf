import type { NewStep } from "../run";
import type { PlanChange } from "./types";

/**
 * The steps of a run that carries a plan out: one per change, and one for every no-op whose links may change.
 * Edges lead only between components that have a step; the others are as they should be already.
 */
export function stepsOf(changes: readonly PlanChange[]): NewStep[] {
  const included = changes.filter((change) => change.action !== "no-op" || change.follows);
  const positions = new Map(included.map((change, position) => [change.component, position]));
  return included.map((change) => ({
    component: change.component,
    action: change.action,
    cloudId: change.cloud.id,
    dependsOn: change.dependsOn
      .map((name) => positions.get(name))
      .filter((position): position is number => position !== undefined),
    input: {
      kind: change.kind,
      title: change.title,
      ...(change.dataLoss ? { dataLoss: change.dataLoss } : {}),
    },
  }));
}
