import { finishedStepStatuses } from "./states";
import type { StepRecord } from "./types";

/**
 * Which steps of a run may start now. Linear in steps and edges: every finish touches only the steps that
 * waited for it.
 */
export class StepSchedule {
  private readonly byPosition = new Map<number, StepRecord>();
  private readonly blockers = new Map<number, number>();
  private readonly dependents = new Map<number, number[]>();
  private readonly ready: StepRecord[] = [];
  private readonly crashed: StepRecord[] = [];
  private readonly waiting = new Set<StepRecord>();
  private readonly unfinished = new Set<StepRecord>();
  private failedStep: StepRecord | null = null;
  private unknownStep: StepRecord | null = null;
  private readyHead = 0;

  constructor(steps: readonly StepRecord[]) {
    for (const step of steps) this.byPosition.set(step.position, step);
    for (const step of steps) this.admit(step);
  }

  private admit(step: StepRecord): void {
    if (finishedStepStatuses.includes(step.status)) return;
    this.unfinished.add(step);
    if (step.status === "failed" || step.status === "unknown") this.fail(step);
    if (step.status === "running") this.crashed.push(step);
    if (step.status === "waiting") this.waiting.add(step);
    let open = 0;
    for (const position of step.dependsOn) {
      const before = this.byPosition.get(position);
      if (!before || finishedStepStatuses.includes(before.status)) continue;
      open += 1;
      const list = this.dependents.get(position);
      if (list) list.push(step.position);
      else this.dependents.set(position, [step.position]);
    }
    this.blockers.set(step.position, open);
    if (step.status === "pending" && open === 0) this.ready.push(step);
  }

  /** A step that was under way when its owner vanished: to be observed. */
  takeCrashed(): StepRecord | undefined {
    return this.crashed.pop();
  }

  /** A step that may start: all it depends on is finished, or its time to be tried again has come. */
  takeReady(nowMs: number): StepRecord | undefined {
    for (const step of this.waiting) {
      if ((step.nextAttemptAt?.getTime() ?? 0) <= nowMs) {
        this.waiting.delete(step);
        return step;
      }
    }
    const step = this.ready[this.readyHead];
    if (step) this.readyHead += 1;
    return step;
  }

  /**
   * Up to `limit` steps that wait for nothing but `step`. They may start in the very write that finishes it; the caller
   * starts them, so `finish` does not offer them again.
   */
  followers(step: StepRecord, limit: number): StepRecord[] {
    const found: StepRecord[] = [];
    for (const position of this.dependents.get(step.position) ?? []) {
      if (found.length >= limit) break;
      const next = this.byPosition.get(position);
      if (next?.status === "pending" && this.blockers.get(position) === 1) found.push(next);
    }
    return found;
  }

  /** Called once the end of the step is durable. */
  finish(step: StepRecord): void {
    this.unfinished.delete(step);
    for (const position of this.dependents.get(step.position) ?? []) {
      const open = (this.blockers.get(position) ?? 0) - 1;
      this.blockers.set(position, open);
      const next = this.byPosition.get(position);
      if (open === 0 && next?.status === "pending") this.ready.push(next);
    }
  }

  wait(step: StepRecord): void {
    this.waiting.add(step);
  }

  fail(step: StepRecord): void {
    if (step.status === "unknown") this.unknownStep ??= step;
    else this.failedStep ??= step;
  }

  summary(): {
    unknown: StepRecord | null;
    failed: StepRecord | null;
    unfinished: boolean;
    /** Milliseconds since the epoch; null when no step waits for a time. */
    nextDueAt: number | null;
    /** A step that waits for a cloud that cannot be reached. */
    away: StepRecord | null;
  } {
    let away: StepRecord | null = null;
    let nextDueAt: number | null = null;
    for (const step of this.waiting) {
      const at = step.nextAttemptAt?.getTime() ?? 0;
      if (nextDueAt === null || at < nextDueAt) nextDueAt = at;
      if (step.error?.unreachable) away ??= step;
    }
    return {
      unknown: this.unknownStep,
      failed: this.failedStep,
      unfinished: this.unfinished.size > 0,
      nextDueAt,
      away,
    };
  }
}
