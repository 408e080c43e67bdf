import { type Frontier, Graph } from "@/lib/kernel/graph";
import { finishedStepStatuses } from "./states";
import type { StepRecord } from "./types";

/** Which steps of a run may start now: the frontier of their graph, and what is to be looked at or tried again. */
export class StepSchedule {
  private readonly byPosition = new Map<number, StepRecord>();
  private readonly frontier: Frontier<number>;
  private readonly ready: StepRecord[] = [];
  private readonly crashed: StepRecord[] = [];
  private readonly waiting = new Set<StepRecord>();
  private readonly unfinished = new Set<StepRecord>();
  private failedStep: StepRecord | null = null;
  private unknownStep: StepRecord | null = null;
  private readyHead = 0;

  constructor(steps: readonly StepRecord[]) {
    for (const step of steps) this.byPosition.set(step.position, step);
    const graph = Graph.of(steps.map((step) => [step.position, step.dependsOn] as const));
    this.frontier = graph.frontier((position) => isFinished(this.byPosition.get(position)));
    for (const step of steps) this.admit(step);
    this.offer(this.frontier.ready);
  }

  private admit(step: StepRecord): void {
    if (isFinished(step)) return;
    this.unfinished.add(step);
    if (step.status === "failed" || step.status === "unknown") this.fail(step);
    if (step.status === "running") this.crashed.push(step);
    if (step.status === "waiting") this.waiting.add(step);
  }

  private offer(positions: readonly number[]): void {
    for (const position of positions) {
      const step = this.byPosition.get(position);
      if (step?.status === "pending") this.ready.push(step);
    }
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
    for (const position of this.frontier.waitingOnlyFor(step.position)) {
      if (found.length >= limit) break;
      const next = this.byPosition.get(position);
      if (next?.status === "pending") found.push(next);
    }
    return found;
  }

  /** Called once the end of the step is durable. */
  finish(step: StepRecord): void {
    this.unfinished.delete(step);
    this.offer(this.frontier.finish(step.position));
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

function isFinished(step: StepRecord | undefined): boolean {
  return step !== undefined && finishedStepStatuses.includes(step.status);
}
