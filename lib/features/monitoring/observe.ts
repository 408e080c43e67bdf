import { type CloudConnection, DriverError } from "@/lib/clouds/contract";
import type { ExistingComponent } from "@/lib/engine/plan";
import { connectionFor } from "@/lib/features/clouds";
import {
  type CheckHistory,
  type EnvironmentContext,
  listCheckHistories,
  loadEnvironment,
  markObserved,
  markUnknown,
  maskFor,
  saveNextLook,
  writeSeen,
} from "@/lib/features/environments";
import { messageOf } from "@/lib/kernel/errors";
import { isConnectionError, pooled } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { moduleLog } from "@/lib/platform/log";
import { look, type Seen, within } from "./check";
import { heal } from "./heal";
import { closeIncidents, openIncident } from "./incidents";
import { recordHealth } from "./record-health";
import { incidentKind, isWellAgain, nextLookMs, noHistory } from "./rules";
import { writeSamples } from "./samples";
import { appendAction } from "./store-incidents";

/**
 * Looks at everything of one environment, writes down how it is and heals what is dead or ill. Only running environments
 * get incidents and healing; one whose run failed is a person's to repair.
 * @param full also makes the health checks that are due and takes samples; without it only what is dead counts
 */
export async function inspectEnvironment(environmentId: string, full: boolean): Promise<void> {
  const context = await loadEnvironment(environmentId);
  if (context.existing.size === 0) return;
  const histories = await listCheckHistories(environmentId);
  const looks = await Promise.all(
    [...groupByCloud(context)].map(([cloudId, components]) =>
      lookAtCloud(context, cloudId, components, histories, full),
    ),
  );
  const seen = looks.flatMap((one) => one.seen);
  const unreachable = looks.flatMap((one) => one.unreachable ?? []);
  await recordSeen(environmentId, seen);
  if (full) await recordUnreachable(context, unreachable);
  const changed = await recordHealth(
    environmentId,
    seen.map((one) => one.state),
  );
  if (full) await planNextLook(context);
  if (full && !changed) await publishEvent(pooled, `environment:${environmentId}`, "samples", {});
  await react(context, seen);
}

/** Sooner than usual where a component asks for it. */
async function planNextLook({ row, existing }: EnvironmentContext): Promise<void> {
  await saveNextLook(row.id, nextLookMs([...existing.values()].map((one) => one.desired)));
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
  await markObserved(environmentId);
  await publishEvent(pooled, `environment:${environmentId}`, "samples", {});
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
  histories: ReadonlyMap<string, CheckHistory>,
  full: boolean,
): Promise<CloudLook> {
  try {
    const connection = await within(connectionFor(cloudId));
    const seen = await Promise.all(
      components.map((one) =>
        look(context, connection, one, histories.get(one.component) ?? noHistory, full),
      ),
    );
    if (full) await takeSamples(context, connection, components);
    return { seen };
  } catch (error) {
    if (isConnectionError(error) && !(error instanceof DriverError)) throw error;
    const said = await maskFor(context.row.id, messageOf(error));
    const problem = `Cloud ${components[0]?.cloudName ?? cloudId} is unreachable: ${said}`;
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
  const components = unreachable.flatMap((one) => one.components);
  await markUnknown(id, components, first.problem);
  if (status === "running") await openIncident(id, "", "cloud-unreachable", first.problem);
}

/** What its cloud says of each, whatever that means for its health. */
async function recordSeen(environmentId: string, seen: readonly Seen[]): Promise<void> {
  const rows = seen.map(({ state, observation }) => ({
    component: state.component,
    status: observation?.status ?? "failed",
    attributes: observation?.attributes ?? {},
  }));
  await writeSeen(environmentId, rows);
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
    if (incident.isNew) await appendAction(incident.id, { text: state.message });
    await heal(context, state, incident.id);
  }
  const well = seen.filter(({ state }) => isWellAgain(state)).map(({ state }) => state.component);
  await closeIncidents(context.row.id, well);
}

function groupByCloud(context: EnvironmentContext): Map<string, ExistingComponent[]> {
  const groups = new Map<string, ExistingComponent[]>();
  for (const one of context.existing.values())
    groups.set(one.cloudId, [...(groups.get(one.cloudId) ?? []), one]);
  return groups;
}
