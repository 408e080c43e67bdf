import { execute, getPool } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { type ComponentState, healthOf } from "./rules";

/**
 * Writes down at once how these components of an environment are, and what that makes of the whole; the rest of it
 * counts as it was seen last.
 */
export async function recordHealth(environmentId: string, states: readonly ComponentState[]): Promise<void> {
  const rows = states.map((state) => ({
    component: state.component,
    health: healthOf(state),
    message: state.message,
    failures: state.failures,
  }));
  await execute(
    `UPDATE resource r SET health = s.health::health_state, health_message = s.message, failures = s.failures,
       last_observed_at = now()
     FROM json_to_recordset($2::json) AS s(component text, health text, message text, failures int)
     WHERE r.environment_id = $1 AND r.component = s.component`,
    [environmentId, JSON.stringify(rows)],
  );
  await execute(
    `UPDATE environment e SET health = worst.health, health_message = worst.message
     FROM (SELECT health, CASE WHEN health_message = '' THEN '' ELSE component || ': ' || health_message END AS message
       FROM resource WHERE environment_id = $1
       ORDER BY array_position('{unhealthy,degraded,healthy,unknown}', health::text) LIMIT 1) worst
     WHERE e.id = $1`,
    [environmentId],
  );
  await publishEvent(getPool(), `environment:${environmentId}`, "health.changed", {});
}
