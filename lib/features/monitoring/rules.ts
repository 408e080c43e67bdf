import type { DesiredComponent } from "@/lib/clouds/contract";
import type { CheckHistory } from "@/lib/features/environments";

export interface ComponentState {
  component: string;
  /** dead: not running at all · failing: its check failed this time · well */
  state: "well" | "failing" | "dead" | "missing";
  message: string;
  /** Whether its health check, if it has one, was made this time: without, nothing is known but that it runs. */
  checked: boolean;
  /** Failed checks in a row, this one included; kept until `threshold` checks in a row have passed. */
  failures: number;
  /** Passed checks in a row, this one included. */
  passes: number;
  /** Failed checks in a row that make it unhealthy, and passed ones that make it healthy again. */
  threshold: number;
}

export const noHistory: CheckHistory = { failures: 0, passes: 0, checkedAt: null };

const usualThreshold = 3;

/** Failed checks in a row that make a component unhealthy, by its manifest. */
export function thresholdOf(desired: Pick<DesiredComponent, "health"> | null): number {
  return desired?.health?.failures ?? usualThreshold;
}

/** The counts after a check. Ill for long enough, a component has to pass as often in a row to be well again. */
export function countCheck(
  before: CheckHistory,
  threshold: number,
  passed: boolean,
): Pick<CheckHistory, "failures" | "passes"> {
  if (!passed) return { failures: before.failures + 1, passes: 0 };
  const passes = before.passes + 1;
  const isStillIll = before.failures >= threshold && passes < threshold;
  return { failures: isStillIll ? before.failures : 0, passes };
}

/** What is wrong enough for an incident; null while nothing is. A dead component is one at once. */
export function incidentKind(state: ComponentState): "down" | "missing" | "unhealthy" | null {
  if (state.state === "dead") return "down";
  if (state.state === "missing") return "missing";
  return state.state === "failing" && state.failures >= state.threshold ? "unhealthy" : null;
}

/** Whether it is well by a check of its own, so that what was wrong with it is over. */
export function isWellAgain(state: ComponentState): boolean {
  return state.state === "well" && state.checked && state.failures === 0;
}

/** Health of a component: degraded while checks fail below the threshold, and until enough have passed after that. */
export function healthOf(state: ComponentState): "healthy" | "degraded" | "unhealthy" {
  if (incidentKind(state)) return "unhealthy";
  return state.state === "well" && state.failures === 0 ? "healthy" : "degraded";
}

/** What is said of a component, in words; of one that is on its way to be well again, how far it is. */
export function messageOfHealth(state: ComponentState): string {
  if (state.state !== "well" || state.failures === 0) return state.message;
  return `Recovering: ${state.passes} of ${state.threshold} checks passed`;
}

const leastMs = 1_000;
const usualMs = 10_000;

/** Time between two checks of a component; without a health check of its own it is looked at as often as all are. */
export function checkIntervalMs(desired: Pick<DesiredComponent, "health"> | null): number {
  return Math.max(leastMs, desired?.health?.intervalMs ?? usualMs);
}

/** When an environment is looked at next: by its most impatient component, and every 10 s at least. */
export function nextLookMs(all: readonly (Pick<DesiredComponent, "health"> | null)[]): number {
  return Math.min(usualMs, ...all.map(checkIntervalMs));
}

const backoffsMs = [0, 5_000, 15_000, 45_000, 120_000, 300_000];

/** How long to wait before restart number `restarts` + 1 of the recovery window. */
export function restartDelayMs(restarts: number): number {
  return backoffsMs[Math.min(restarts, backoffsMs.length - 1)] ?? 0;
}
