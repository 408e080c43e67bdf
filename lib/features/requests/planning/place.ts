import { startingTheRest } from "./component-changes";
import { changesOf } from "./operation-changes";
import { placeOnClouds } from "./place-on-clouds";
import { restoringFrom } from "./restore-origin";
import type { PlacedPlan, ResolvedPlan } from "./stages";

/**
 * Chooses clouds and says what is to be done to each component. Asks the drivers, and for what depends on it the outside;
 * writes nothing.
 * @throws AppError no_placement, validation_failed, conflict, unavailable
 */
export async function placePlan(resolved: ResolvedPlan): Promise<PlacedPlan> {
  const { body, context, origin } = resolved;
  if (body.kind === "create" || body.kind === "update") {
    const { changes, ...placed } = await placeOnClouds(resolved, body.cloud);
    const restored = origin ? restoringFrom(origin, changes) : changes;
    const isStopped = context?.row.status === "stopped";
    return { ...resolved, ...placed, changes: isStopped ? startingTheRest(restored) : restored };
  }
  if (!context) throw new Error(`A change of ${resolved.environmentId} has no environment.`);
  const changes = await changesOf(context, body);
  return { ...resolved, placement: context.row.placement, changes, reasons: [], warnings: [] };
}
