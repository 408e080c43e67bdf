import { execute, getPool } from "@/lib/platform/db";
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
  await execute(
    `UPDATE resource r SET health = s.health::health_state, health_message = s.message, failures = s.failures,
       passes = s.passes, checked_at = CASE WHEN s.checked THEN now() END, last_observed_at = now()
     FROM json_to_recordset($2::json)
       AS s(component text, health text, message text, checked boolean, failures int, passes int)
     WHERE r.environment_id = $1 AND r.component = s.component`,
    [environmentId, JSON.stringify(rows)],
  );
  return await summarizeHealth(environmentId);
}

/**
 * Makes the health of the whole that of its worst component: of what a cloud says nothing about, nothing is promised. What
 * was never looked at counts only where there is nothing else.
 */
export async function summarizeHealth(environmentId: string): Promise<boolean> {
  const changed = await execute(
    `UPDATE environment e SET health = worst.health, health_message = worst.message
     FROM (SELECT health, CASE WHEN health_message = '' THEN '' ELSE component || ': ' || health_message END AS message
       FROM resource WHERE environment_id = $1
       ORDER BY health = 'unknown' AND health_message = '',
         array_position('{unhealthy,unknown,degraded,healthy}', health::text), component LIMIT 1) worst
     WHERE e.id = $1 AND (e.health <> worst.health OR e.health_message <> worst.message)`,
    [environmentId],
  );
  if (changed > 0) await publishEvent(getPool(), `environment:${environmentId}`, "health.changed", {});
  return changed > 0;
}
