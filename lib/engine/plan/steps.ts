import type { NewStep } from "../run";
import type { PlanChange, StepAction } from "./types";

/**
 * The steps of a run that carries a plan out: one per change, and one for every no-op whose links may change. What gets its
 * data from elsewhere (a move, a new environment from a backup) has a second one for that, and what depends on it waits for
 * both. Edges lead only between components that have a step; the others are as they should be already.
 */
export function stepsOf(changes: readonly PlanChange[]): NewStep[] {
  const included = changes.filter((change) => change.action !== "no-op" || change.follows);
  const drafts = included.flatMap(draftsOf);
  // The last step of a component is the one after which it can be used.
  const positions = new Map(drafts.map(({ step }, position) => [step.component, position]));
  return drafts.map(({ step, needs, isSecond }, position) => ({
    ...step,
    dependsOn: isSecond
      ? [position - 1]
      : needs.map((name) => positions.get(name)).filter((one): one is number => one !== undefined),
  }));
}

interface StepDraft {
  step: NewStep;
  needs: readonly string[];
  /** Follows the one before it. */
  isSecond: boolean;
}

function draftsOf(change: PlanChange): StepDraft[] {
  const { component, kind, title } = change;
  const step = (action: StepAction, input: NewStep["input"] = {}): NewStep => ({
    component,
    action,
    cloudId: change.cloud.id,
    dependsOn: [],
    input: { kind, title, ...(change.dataLoss ? { dataLoss: change.dataLoss } : {}), ...input },
  });
  const first = (made: NewStep): StepDraft => ({ step: made, needs: change.dependsOn, isSecond: false });
  const second = (made: NewStep): StepDraft => ({ step: made, needs: [], isSecond: true });
  if (change.restores && change.action === "create") return [first(step("create")), second(step("restore"))];
  if (change.action !== "move") return [first(step(change.action))];
  if (change.carries === "nothing") return [first(step("create"))];
  // Until its data is there, the component is the one in the cloud it comes from.
  const from = { from: change.from?.id, carries: change.carries };
  return [first(step("create", { isArrival: true })), second(step("copy", from))];
}

/** The last steps of a run with moves, one after another: what moved is deleted where it was. */
export function departuresOf(
  changes: readonly PlanChange[],
): (Omit<NewStep, "dependsOn" | "action"> & { action: StepAction })[] {
  const moves = changes.filter((change) => change.action === "move");
  const staying = new Set(
    changes.filter((change) => change.action !== "delete").map((change) => change.cloud.id),
  );
  return moves.map(({ component, kind, title, from }, at) => {
    const cloudId = from?.id ?? "";
    const isLast = moves.findLastIndex((other) => other.from?.id === cloudId) === at;
    return {
      component,
      action: "delete",
      cloudId,
      input: { kind, title, isDeparture: true, emptiesCloud: isLast && !staying.has(cloudId) },
    };
  });
}
