import { saveWorstHealth, writeHealth } from "@/lib/features/environments";
import { pooled } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { type ComponentState, healthOf, messageOfHealth } from "./rules";

/**
 * Writes down at once how these components of an environment are, and what that makes of the whole; the rest of it
 * counts as it was seen last. What runs and was not checked keeps its health: nothing new is known of it. What is dead
 * is checked as soon as it lives.
 * @returns whether the health of the whole changed
 */
export async function recordHealth(
  environmentId: string,
  states: readonly ComponentState[],
): Promise<boolean> {
  const judged = states.filter((one) => one.checked || one.state !== "well");
  const rows = judged.map((state) => ({
    component: state.component,
    health: healthOf(state),
    message: messageOfHealth(state),
    checked: state.checked,
    failures: state.failures,
    passes: state.passes,
  }));
  await writeHealth(environmentId, rows);
  return await summarizeHealth(environmentId);
}

/**
 * Makes the health of the whole that of its worst component: of what a cloud says nothing about, nothing is promised. What
 * was never looked at counts only where there is nothing else.
 */
export async function summarizeHealth(environmentId: string): Promise<boolean> {
  const changed = await saveWorstHealth(environmentId);
  if (changed) await publishEvent(pooled, `environment:${environmentId}`, "health.changed", {});
  return changed;
}
