import type { CloudConnection, ComponentRef, DesiredComponent, Observation } from "@/lib/clouds/contract";
import type { ExistingComponent } from "@/lib/engine/plan";
import { type EnvironmentContext, maskFor } from "@/lib/features/environments";
import { probe } from "./probe";
import type { ComponentState } from "./rules";

const observeLimitMs = 8_000;

export interface Seen {
  state: ComponentState;
  observation: Extract<Observation, { present: true }> | null;
}

/**
 * How one component is now: whether it is there and runs, and what its own health check says, without secrets: it is
 * stored and sent to people.
 * @param failuresBefore failed checks in a row until now
 * @param full also makes the health check
 * @throws whatever its cloud throws, or an Error when that does not answer in time
 */
export async function look(
  context: EnvironmentContext,
  connection: CloudConnection,
  existing: ExistingComponent,
  failuresBefore: number,
  full: boolean,
): Promise<Seen> {
  const seen = await lookAt(context, connection, existing, failuresBefore, full);
  return { ...seen, state: { ...seen.state, message: await maskFor(context.row.id, seen.state.message) } };
}

async function lookAt(
  context: EnvironmentContext,
  connection: CloudConnection,
  existing: ExistingComponent,
  failuresBefore: number,
  full: boolean,
): Promise<Seen> {
  const { component, desired } = existing;
  const ref: ComponentRef = { environmentId: context.row.id, environmentName: context.row.name, component };
  const observation = await within(connection.observe(ref));
  const threshold = desired?.health?.failures ?? 3;
  const state = (kind: ComponentState["state"], message: string, failures: number): ComponentState => ({
    component,
    state: kind,
    message,
    failures,
    threshold,
  });
  if (!observation.present)
    return { state: state("missing", "It is gone from its cloud.", 1), observation: null };
  if (observation.status === "failed" || observation.status === "stopped") {
    return { state: state("dead", observation.message ?? "It is not running.", 1), observation };
  }
  const check = full && !connection.pretends ? (desired as DesiredComponent | null)?.health : null;
  const problem = check ? await probe(check, observation.external, connection, ref) : null;
  if (problem) return { state: state("failing", problem, failuresBefore + 1), observation };
  return { state: state("well", "", full ? 0 : failuresBefore), observation };
}

/** Bounds a question to a cloud. @throws Error when it is not answered in time */
export function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), observeLimitMs);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
