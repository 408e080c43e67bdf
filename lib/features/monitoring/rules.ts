export interface ComponentState {
  component: string;
  /** dead: not running at all · failing: its check failed this time · well */
  state: "well" | "failing" | "dead" | "missing";
  message: string;
  /** Failed checks in a row, this one included. */
  failures: number;
  /** Failed checks in a row that make it unhealthy. */
  threshold: number;
}

/** What is wrong enough for an incident; null while nothing is. A dead component is one at once. */
export function incidentKind(state: ComponentState): "down" | "missing" | "unhealthy" | null {
  if (state.state === "dead") return "down";
  if (state.state === "missing") return "missing";
  return state.state === "failing" && state.failures >= state.threshold ? "unhealthy" : null;
}

/** Health of a component: degraded while checks fail below the threshold. */
export function healthOf(state: ComponentState): "healthy" | "degraded" | "unhealthy" {
  if (incidentKind(state)) return "unhealthy";
  return state.state === "well" ? "healthy" : "degraded";
}

const backoffsMs = [0, 5_000, 15_000, 45_000, 120_000, 300_000];

/** How long to wait before restart number `restarts` + 1 of the recovery window. */
export function restartDelayMs(restarts: number): number {
  return backoffsMs[Math.min(restarts, backoffsMs.length - 1)] ?? 0;
}

/** Health of the whole: the worst of its components. */
export function overallHealth(states: readonly ComponentState[]): "healthy" | "degraded" | "unhealthy" {
  const all = states.map(healthOf);
  if (all.includes("unhealthy")) return "unhealthy";
  return all.includes("degraded") ? "degraded" : "healthy";
}
