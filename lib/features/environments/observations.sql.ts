import { type Db, execute, pooled } from "@/lib/platform/db";

/** How a component's checks stand. */
export interface HealthRow {
  component: string;
  health: "healthy" | "degraded" | "unhealthy";
  message: string;
  /** Whether its check was made this time. */
  checked: boolean;
  failures: number;
  passes: number;
}

/** Writes down how components of an environment are. Raw: one statement for all of them (`json_to_recordset`). */
export async function writeHealth(
  environmentId: string,
  rows: readonly HealthRow[],
  db: Db = pooled,
): Promise<void> {
  await execute(
    `UPDATE resource r SET health = s.health::health_state, health_message = s.message, failures = s.failures,
       passes = s.passes, checked_at = CASE WHEN s.checked THEN now() END, last_observed_at = now()
     FROM json_to_recordset($2::json)
       AS s(component text, health text, message text, checked boolean, failures int, passes int)
     WHERE r.environment_id = $1 AND r.component = s.component`,
    [environmentId, JSON.stringify(rows)],
    { name: "monitoring_health", db },
  );
}

/** What a cloud says of a component. */
export interface SeenRow {
  component: string;
  status: string;
  attributes: Record<string, unknown>;
}

/** Writes down what clouds say of components of an environment. Raw: one statement for all of them. */
export async function writeSeen(
  environmentId: string,
  rows: readonly SeenRow[],
  db: Db = pooled,
): Promise<void> {
  await execute(
    `UPDATE resource r SET status = s.status, attributes = s.attributes, last_observed_at = now()
     FROM json_to_recordset($2::json) AS s(component text, status text, attributes jsonb)
     WHERE r.environment_id = $1 AND r.component = s.component`,
    [environmentId, JSON.stringify(rows)],
    { name: "monitoring_seen", db },
  );
}
