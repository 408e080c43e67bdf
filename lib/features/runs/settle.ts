import { setTimeout as sleep } from "node:timers/promises";
import { type ChangeContext, DriverError, type HealthCheckSpec } from "@/lib/clouds/contract";
import type { ExistingComponent } from "@/lib/engine/plan";
import { connectionFor, inTurn } from "@/lib/features/clouds";
import { type EnvironmentContext, loadEnvironment, maskFor } from "@/lib/features/environments";
import { type ComponentState, look, noHistory, recordHealth } from "@/lib/features/monitoring";
import { messageOf } from "@/lib/kernel/errors";
import { formatDuration } from "@/lib/kernel/format";
import { isConnectionError } from "@/lib/platform/db";

const lookEveryMs = 500;
const usualLimitMs = 30_000;
const maxRevivals = 3;

/**
 * Waits until what was changed and what depends on it is well by its own health check, and starts what died of the
 * change. How it all is then is written down before anything is said: a run that succeeded left everything well.
 * Safe to repeat.
 * @throws DriverError permanent, naming what did not become well in its time and what was seen of it
 */
export async function settle(
  environmentId: string,
  components: readonly string[],
  change: ChangeContext,
): Promise<void> {
  const context = await loadEnvironment(environmentId);
  const watched = components.flatMap((name) => context.existing.get(name) ?? []);
  const states = await Promise.all(watched.map((one) => settleComponent(context, one, change)));
  await recordHealth(environmentId, states);
  const failing = states.filter((one) => one.state !== "well");
  if (failing.length === 0) return;
  const said = failing.map(({ component, message }) => {
    const waited = formatDuration(limitOf(context.existing.get(component)));
    return `${component} is not healthy after ${waited}: ${message}`;
  });
  throw new DriverError("permanent", said.join(" "), {
    hint: "The change was applied, but not everything is healthy. Check the component’s log, then resume.",
  });
}

async function settleComponent(
  context: EnvironmentContext,
  existing: ExistingComponent,
  change: ChangeContext,
): Promise<ComponentState> {
  const startedMs = Date.now();
  // Behind one address each replica answers in its turn, and each has to be well.
  const needed = Math.max(1, existing.view.replicas);
  let passes = 0;
  let revivals = 0;
  for (let attempt = 0; ; attempt += 1) {
    const state = await see(context, existing);
    passes = state.state === "well" ? passes + 1 : 0;
    if (passes >= needed) {
      if (attempt >= needed) change.log(`${existing.component} is healthy again.`);
      return state;
    }
    if (state.state !== "well" && Date.now() - startedMs >= limitOf(existing)) {
      // It had its whole time: no further failure is needed to call it unhealthy.
      return { ...state, failures: Math.max(state.failures, state.threshold) };
    }
    if (attempt === 0 && state.state !== "well")
      change.log(`Waiting for ${existing.component} to become healthy: ${state.message}`);
    if (state.state === "dead" && revivals < maxRevivals) {
      revivals += 1;
      await revive(context, existing, change);
    }
    if (passes === 0) await sleep(lookEveryMs, undefined, { signal: change.signal });
    change.signal.throwIfAborted();
  }
}

/** A cloud that does not answer may do so in a moment; until then its components count as failing. */
async function see(context: EnvironmentContext, existing: ExistingComponent): Promise<ComponentState> {
  try {
    return (await look(context, await connectionFor(existing.cloudId), existing, noHistory, true)).state;
  } catch (error) {
    if (isConnectionError(error) && !(error instanceof DriverError)) throw error;
    const said = await maskFor(context.row.id, messageOf(error));
    const message = `Cloud ${existing.cloudName} is unreachable: ${said}`;
    const threshold = existing.desired?.health?.failures ?? 1;
    const { component } = existing;
    return { component, state: "failing", message, checked: false, failures: 1, passes: 0, threshold };
  }
}

async function revive(
  { row }: EnvironmentContext,
  { component, cloudId }: ExistingComponent,
  change: ChangeContext,
): Promise<void> {
  change.log(`${component} is not running; starting it again.`);
  const ref = { environmentId: row.id, environmentName: row.name, component };
  try {
    const connection = await connectionFor(cloudId);
    await inTurn(connection, change, () =>
      connection.start ? connection.start(ref, change) : connection.recover(ref, change),
    );
  } catch (error) {
    if (isConnectionError(error) && !(error instanceof DriverError)) throw error;
    change.signal.throwIfAborted();
    change.log(`${component} couldn’t be started: ${messageOf(error)}`);
  }
}

/** How long a component may take: as long as it may take to start, or to be called unhealthy where that is longer. */
function limitOf(existing: ExistingComponent | undefined): number {
  const health: HealthCheckSpec | null = existing?.desired?.health ?? null;
  return health ? Math.max(health.graceMs, health.failures * health.intervalMs) : usualLimitMs;
}
