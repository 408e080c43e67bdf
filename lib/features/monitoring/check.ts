import type { CloudConnection, ComponentRef, DesiredComponent, Observation } from "@/lib/clouds/contract";
import type { ExistingComponent } from "@/lib/engine/plan";
import type { CheckHistory } from "@/lib/features/environments";
import { type EnvironmentContext, maskFor } from "@/lib/features/environments";
import { type ComponentState, checkIntervalMs, countCheck, thresholdOf } from "./rules";

const observeLimitMs = 8_000;
const slackMs = 500;

export interface Seen {
  state: ComponentState;
  observation: Extract<Observation, { present: true }> | null;
}

/**
 * How one component is now: whether it is there and runs, and, where that is due, what its health check says, without
 * secrets: it is stored and sent to people.
 * @param full makes the health check when its interval has passed; otherwise only what is dead counts
 * @throws whatever its cloud throws, or an Error when that does not answer in time
 */
export async function look(
  context: EnvironmentContext,
  connection: CloudConnection,
  existing: ExistingComponent,
  history: CheckHistory,
  full: boolean,
): Promise<Seen> {
  const seen = await lookAt(context, connection, existing, history, full);
  return { ...seen, state: { ...seen.state, message: await maskFor(context.row.id, seen.state.message) } };
}

async function lookAt(
  context: EnvironmentContext,
  connection: CloudConnection,
  existing: ExistingComponent,
  history: CheckHistory,
  full: boolean,
): Promise<Seen> {
  const { component, desired } = existing;
  const ref: ComponentRef = { environmentId: context.row.id, environmentName: context.row.name, component };
  const observation = await within(connection.observe(ref));
  const threshold = thresholdOf(desired);
  const gone = (state: "dead" | "missing", message: string): ComponentState => ({
    ...{ component, state, message, threshold },
    ...{ checked: false, failures: 0, passes: 0 },
  });
  if (!observation.present) return { state: gone("missing", "Missing from its cloud."), observation: null };
  if (observation.status === "failed" || observation.status === "stopped") {
    return { state: gone("dead", observation.message ?? "Not running."), observation };
  }
  const { failures, passes } = history;
  const unchecked = {
    component,
    state: "well",
    message: "",
    checked: false,
    failures,
    passes,
    threshold,
  } as const;
  // A command that can’t be run says nothing about its health.
  const cannotAsk = desired?.health?.probe.type === "exec" && !connection.exec;
  if (!full || cannotAsk || !isDue(desired, history)) return { state: unchecked, observation };
  const problem = desired?.health ? await connection.probe(ref, desired) : null;
  const counts = countCheck(history, threshold, problem === null);
  const state = problem === null ? "well" : "failing";
  return { state: { ...unchecked, ...counts, state, checked: true, message: problem ?? "" }, observation };
}

/** A look is never early by more than the time that looks take. */
function isDue(desired: DesiredComponent | null, { checkedAt }: CheckHistory): boolean {
  return checkedAt === null || Date.now() - checkedAt.getTime() >= checkIntervalMs(desired) - slackMs;
}

/** Bounds a question to a cloud. @throws Error when it is not answered in time */
export function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("timed out")), observeLimitMs);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
