import type {
  ClaimedRun,
  NewStep,
  OwnedRun,
  ResourceEffect,
  RunEnd,
  RunKind,
  RunRecord,
  RunStore,
  StepLogLine,
  StepMove,
  StepRecord,
} from "@/lib/engine/run";
import { finishedStepStatuses, resumableRunStatuses, stepStates } from "@/lib/engine/run";
import type { Clock } from "@/lib/kernel/clock";

type ResourceRow = Extract<ResourceEffect, { type: "upsert" }>["resource"];

/** What follows from ends notes what it did here; it counts once the ends are written. */
export interface MemoryTransaction {
  note(text: string): void;
}

export interface StoredRun extends RunRecord {
  workerId: string | null;
  leaseUntil: number | null;
  wakeAt: number | null;
  error: RunEnd["error"];
}

export interface StoredStep extends StepRecord {
  startedAt: number | null;
}

export interface StoredResource extends ResourceRow {
  stepId: string;
  environmentId: string;
}

/** Runs in memory, with the guards and transactions of PostgreSQL's. What it hands out are copies. */
export class MemoryRunStore implements RunStore<MemoryTransaction> {
  readonly runs = new Map<string, StoredRun>();
  readonly steps = new Map<string, StoredStep>();
  /** By environment and component. */
  readonly resources = new Map<string, StoredResource>();
  readonly log: StepLogLine[] = [];
  /** What followed from ends. */
  readonly notes: string[] = [];
  /** The ends, as the notes of them should be. */
  readonly ends: string[] = [];
  /** Steps that were recorded as started before what they wait for had ended. */
  readonly early: string[] = [];
  private readonly stepsOfRun = new Map<string, StoredStep[]>();

  constructor(private readonly clock: Clock) {}

  async claim(options: { workerId: string; leaseMs: number; limit: number }): Promise<ClaimedRun[]> {
    const now = this.clock.now();
    const due = [...this.runs.values()]
      .filter((run) =>
        run.status === "running" ? (run.leaseUntil ?? now) < now : run.wakeAt !== null && run.wakeAt <= now,
      )
      .sort((a, b) => (a.wakeAt ?? 0) - (b.wakeAt ?? 0));
    return due.slice(0, options.limit).map((run) => {
      Object.assign(run, {
        status: "running",
        error: null,
        workerId: options.workerId,
        fence: run.fence + 1,
        wakeAt: null,
        leaseUntil: now + options.leaseMs,
      });
      return structuredClone({ run, steps: this.listSteps(run.id) });
    });
  }

  async renew(
    owned: readonly OwnedRun[],
    leaseMs: number,
  ): Promise<Map<string, { cancelRequestedAt: Date | null }>> {
    const mine = owned.flatMap((one) => this.owned(one) ?? []);
    for (const run of mine) run.leaseUntil = this.clock.now() + leaseMs;
    return new Map(mine.map((run) => [run.id, { cancelRequestedAt: run.cancelRequestedAt }]));
  }

  async release(workerId: string, runIds: readonly string[]): Promise<void> {
    for (const id of runIds) {
      const run = this.runs.get(id);
      if (run?.status === "running" && run.workerId === workerId) run.leaseUntil = this.clock.now() - 1;
    }
  }

  async writeMoves(moves: readonly StepMove[]): Promise<Set<string>> {
    const written = new Set<string>();
    const started: StoredStep[] = [];
    for (const move of moves) {
      const step = this.steps.get(move.step.id);
      const run = this.owned({ id: move.step.runId, fence: move.fence });
      if (!step || !run || step.status !== move.step.status) continue;
      if (step.status === "pending" && move.to === "running") started.push(step);
      this.write(step, move);
      written.add(step.id);
    }
    // The end of what it waits for stands in the same write at the latest.
    const early = started.filter((step) => this.blockersOf(step).length > 0);
    this.early.push(...early.map((step) => step.id));
    return written;
  }

  async writeEnds(
    ends: readonly RunEnd[],
    follow: (transaction: MemoryTransaction, written: ReadonlySet<string>) => Promise<void>,
  ): Promise<Set<string>> {
    const guarded = () => ends.filter((end) => this.owned(end));
    const written = new Set(guarded().map((end) => end.id));
    const notes: string[] = [];
    if (ends.some((end) => end.status !== "parked"))
      await follow({ note: (text) => void notes.push(text) }, written);
    // Nothing was written yet, so a transaction whose owner died has left nothing behind.
    const still = guarded().filter((end) => written.has(end.id));
    if (still.length < written.size) return new Set();
    for (const end of still) this.end(end);
    this.notes.push(...notes);
    return written;
  }

  async addLog(lines: readonly StepLogLine[]): Promise<void> {
    this.log.push(...lines);
  }

  createRun(input: { environmentId: string; kind: RunKind; steps: readonly NewStep[] }): string {
    const active = [...this.runs.values()].some(
      (run) =>
        run.environmentId === input.environmentId && ["queued", "running", "parked"].includes(run.status),
    );
    if (active) throw new Error("The environment has an active run.");
    const id = `run_${this.runs.size}`;
    const now = this.clock.now();
    this.runs.set(id, {
      ...{ id, environmentId: input.environmentId, requestId: null, planId: null, kind: input.kind },
      ...{ status: "queued", fence: 0, context: {}, deadlineAt: null, cancelRequestedAt: null },
      ...{ createdAt: new Date(now), workerId: null, leaseUntil: null, wakeAt: now, error: null },
    });
    const steps = input.steps.map(
      (step, position): StoredStep => ({
        ...{ ...step, id: `step_${id}_${position}`, runId: id, position, status: "pending", attempts: 0 },
        ...{ token: null, error: null, nextAttemptAt: null, startedAt: null },
      }),
    );
    for (const step of steps) this.steps.set(step.id, step);
    this.stepsOfRun.set(id, steps);
    return id;
  }

  requestCancel(runId: string): boolean {
    const run = this.run(runId);
    if (!["queued", "running", "parked"].includes(run.status)) return false;
    run.cancelRequestedAt ??= new Date(this.clock.now());
    if (run.status !== "running") run.wakeAt = this.clock.now();
    return true;
  }

  resumeRun(runId: string): boolean {
    const run = this.run(runId);
    if (!resumableRunStatuses.includes(run.status)) return false;
    Object.assign(run, {
      ...{
        status: "queued",
        wakeAt: this.clock.now(),
        cancelRequestedAt: null,
        error: null,
        deadlineAt: null,
      },
    });
    for (const step of this.listSteps(runId)) {
      if (!["failed", "unknown", "cancelled"].includes(step.status)) continue;
      const begun = step.status === "unknown" || (step.status === "cancelled" && step.startedAt !== null);
      const next = begun ? "running" : "pending";
      stepStates.transition(step.status, next);
      Object.assign(step, { status: next, attempts: 0, error: null, nextAttemptAt: null });
    }
    return true;
  }

  run(id: string): StoredRun {
    const run = this.runs.get(id);
    if (!run) throw new Error(`There is no run ${id}.`);
    return run;
  }

  listSteps(runId: string): StoredStep[] {
    return this.stepsOfRun.get(runId) ?? [];
  }

  private owned({ id, fence }: OwnedRun): StoredRun | undefined {
    const run = this.runs.get(id);
    return run?.status === "running" && run.fence === fence ? run : undefined;
  }

  private write(step: StoredStep, move: StepMove): void {
    stepStates.transition(step.status, move.to);
    if (move.to === "running" && step.status !== "running") step.attempts += 1;
    if (["running", "succeeded", "skipped"].includes(move.to)) step.startedAt ??= this.clock.now();
    step.status = move.to;
    step.token = structuredClone(move.token ?? null);
    step.error = structuredClone(move.error ?? null);
    step.nextAttemptAt = move.nextAttemptAt ?? null;
    const { effect, environmentId } = move;
    if (effect?.type === "upsert") {
      const { resource } = effect;
      this.resources.set(`${environmentId}/${resource.component}`, {
        ...structuredClone(resource),
        stepId: step.id,
        environmentId,
      });
    }
    if (effect?.type === "remove") this.resources.delete(`${environmentId}/${effect.component}`);
  }

  /** Positions that a step waits for and that are not finished. */
  blockersOf(step: StepRecord): number[] {
    const steps = this.listSteps(step.runId);
    return step.dependsOn.filter((position) => {
      const before = steps[position];
      return before !== undefined && !finishedStepStatuses.includes(before.status);
    });
  }

  private end(end: RunEnd): void {
    const run = this.run(end.id);
    const parked = end.status === "parked";
    if (!parked) this.ends.push(`${run.id} ${end.status}`);
    Object.assign(run, {
      status: end.status,
      error: structuredClone(end.error ?? null),
      deadlineAt: end.deadlineAt ?? run.deadlineAt,
      workerId: null,
      leaseUntil: null,
      wakeAt: parked ? (run.cancelRequestedAt ? this.clock.now() : (end.wakeAt?.getTime() ?? null)) : null,
    });
  }
}
