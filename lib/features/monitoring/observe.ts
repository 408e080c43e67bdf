import { type CloudConnection, DriverError } from "@/lib/clouds/contract";
import type { ExistingComponent } from "@/lib/engine/plan";
import { connectionFor } from "@/lib/features/clouds";
import { type EnvironmentContext, loadEnvironment, maskFor } from "@/lib/features/environments";
import { messageOf } from "@/lib/kernel/errors";
import { execute, getPool, isConnectionError, query } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { moduleLog } from "@/lib/platform/log";
import { look, type Seen, within } from "./check";
import { heal } from "./heal";
import { addIncidentAction, closeIncidents, openIncident } from "./incidents";
import { healthOf, incidentKind, overallHealth } from "./rules";
import { writeSamples } from "./samples";

/**
 * Looks at everything of one environment, writes down how it is and heals what is dead. Only running environments
 * get incidents and healing; one whose run failed is a person's to repair.
 * @param full also makes health checks and takes samples; without it only what is dead counts
 */
export async function inspectEnvironment(environmentId: string, full: boolean): Promise<void> {
  const context = await loadEnvironment(environmentId);
  if (context.existing.size === 0) return;
  const failures = await readFailures(environmentId);
  const looks = await Promise.all(
    [...groupByCloud(context)].map(([cloudId, components]) =>
      lookAtCloud(context, cloudId, components, failures, full),
    ),
  );
  const seen = looks.flatMap((one) => one.seen);
  const unreachable = looks.flatMap((one) => one.unreachable ?? []);
  await record(context, seen, full, unreachable[0]?.problem ?? null);
  if (full) await recordUnreachable(context, unreachable);
  await react(context, seen);
}

/**
 * Takes a sample of a demonstration environment: its charts move, but nothing there opens incidents or is healed.
 */
export async function sampleEnvironment(environmentId: string): Promise<void> {
  const context = await loadEnvironment(environmentId);
  for (const [cloudId, components] of groupByCloud(context)) {
    await takeSamples(context, await within(connectionFor(cloudId)), components);
  }
  // It was looked at, and its page says when.
  await execute("UPDATE resource SET last_observed_at = now() WHERE environment_id = $1", [environmentId]);
  await publishEvent(getPool(), `environment:${environmentId}`, "samples", {});
}

interface CloudLook {
  seen: Seen[];
  unreachable?: { problem: string; components: string[] };
}

/** An unreachable cloud says nothing about what runs in it: that is said, and nothing is restarted. */
async function lookAtCloud(
  context: EnvironmentContext,
  cloudId: string,
  components: ExistingComponent[],
  failures: ReadonlyMap<string, number>,
  full: boolean,
): Promise<CloudLook> {
  try {
    const connection = await within(connectionFor(cloudId));
    const seen = await Promise.all(
      components.map((one) => look(context, connection, one, failures.get(one.component) ?? 0, full)),
    );
    if (full) await takeSamples(context, connection, components);
    return { seen };
  } catch (error) {
    if (isConnectionError(error) && !(error instanceof DriverError)) throw error;
    const said = await maskFor(context.row.id, messageOf(error));
    const problem = `The cloud ${components[0]?.cloudName ?? cloudId} does not answer: ${said}`;
    return { seen: [], unreachable: { problem, components: components.map((one) => one.component) } };
  }
}

/** Samples are a bonus: without them the look at the components still counts. */
async function takeSamples(
  context: EnvironmentContext,
  connection: CloudConnection,
  components: readonly ExistingComponent[],
): Promise<void> {
  try {
    await within(writeSamples(context, connection, components));
  } catch (error) {
    const said = await maskFor(context.row.id, messageOf(error));
    moduleLog("monitoring").warn({ environment: context.row.id }, `no samples taken: ${said}`);
  }
}

async function recordUnreachable(
  context: EnvironmentContext,
  unreachable: readonly NonNullable<CloudLook["unreachable"]>[],
): Promise<void> {
  const { id, status } = context.row;
  const first = unreachable[0];
  if (!first) {
    await closeIncidents(id, [""]);
    return;
  }
  await execute(
    `UPDATE resource SET health = 'unknown', health_message = $3 WHERE environment_id = $1 AND component = ANY($2)`,
    [id, unreachable.flatMap((one) => one.components), first.problem],
  );
  if (status === "running") await openIncident(id, "", "cloud-unreachable", first.problem);
}

async function record(
  context: EnvironmentContext,
  seen: readonly Seen[],
  full: boolean,
  unreachable: string | null,
): Promise<void> {
  const rows = seen.map(({ state, observation }) => ({
    component: state.component,
    health: healthOf(state),
    message: state.message,
    failures: state.failures,
    status: observation?.status ?? "failed",
    attributes: observation?.attributes ?? {},
  }));
  // Without health checks a component that fails them must not look well again.
  const guard = full
    ? ""
    : "AND (s.health = 'unhealthy' OR r.health NOT IN ('unhealthy', 'degraded') OR r.status <> s.status)";
  await execute(
    `UPDATE resource r SET health = s.health::health_state, health_message = s.message, failures = s.failures,
       status = s.status, attributes = s.attributes, last_observed_at = now()
     FROM json_to_recordset($2::json) AS s(component text, health text, message text, failures int, status text, attributes jsonb)
     WHERE r.environment_id = $1 AND r.component = s.component ${guard}`,
    [context.row.id, JSON.stringify(rows)],
  );
  const judged = overallHealth(seen.map((one) => one.state));
  if (!full && judged === "healthy") return;
  const health = unreachable !== null && judged !== "unhealthy" ? "unknown" : judged;
  const worst = seen.find((one) => healthOf(one.state) === health && health !== "healthy");
  const messageOfHealth = worst
    ? `${worst.state.component}: ${worst.state.message}`
    : ((health === "unknown" ? unreachable : null) ?? "");
  const changed = await execute(
    `UPDATE environment SET health = $2::health_state, health_message = $3
     WHERE id = $1 AND (health <> $2::health_state OR health_message <> $3)`,
    [context.row.id, health, messageOfHealth],
  );
  const kind = changed > 0 ? "health.changed" : "samples";
  if (full || changed > 0) await publishEvent(getPool(), `environment:${context.row.id}`, kind, { health });
}

async function react(context: EnvironmentContext, seen: readonly Seen[]): Promise<void> {
  for (const { state } of seen) {
    const kind = incidentKind(state);
    if (!kind || context.row.status !== "running") continue;
    const incident = await openIncident(
      context.row.id,
      state.component,
      kind,
      `${state.component}: ${state.message}`,
    );
    if (incident.isNew) await addIncidentAction(incident.id, state.message);
    await heal(context, state.component, incident.id, state.message);
  }
  const well = seen
    .filter(({ state }) => state.state === "well" && state.failures === 0)
    .map(({ state }) => state.component);
  await closeIncidents(context.row.id, well);
}

async function readFailures(environmentId: string): Promise<Map<string, number>> {
  const rows = await query<{ component: string; failures: number }>(
    "SELECT component, failures FROM resource WHERE environment_id = $1",
    [environmentId],
  );
  return new Map(rows.map((row) => [row.component, row.failures]));
}

function groupByCloud(context: EnvironmentContext): Map<string, ExistingComponent[]> {
  const groups = new Map<string, ExistingComponent[]>();
  for (const one of context.existing.values())
    groups.set(one.cloudId, [...(groups.get(one.cloudId) ?? []), one]);
  return groups;
}
