import { defaultRunLimits, type NewStep, type RunKind, type RunLimits } from "@/lib/engine/run";
import { ManualClock } from "./manual-clock";
import { MemoryRunStore } from "./memory-run-store";
import { type Fault, ModelCloud } from "./model-cloud";
import { ModelWorker } from "./worker";

/** What befalls a worker at one of the moments at which it waits for the outside. */
export type Disturbance = "crash" | "stall" | "stop";

export interface WorldInput {
  /** By the number of the moment, over all workers. */
  disturbances?: ReadonlyMap<number, Disturbance>;
  /** How the cloud meets the calls of a step, in their order; well after that. */
  faults?: (position: number) => readonly Fault[];
  /** How it meets those who look, in their order. */
  looks?: readonly Fault[];
  maxParallel?: number;
}

export const modelLimits: RunLimits = {
  ...defaultRunLimits,
  attemptMs: 60_000,
  stepAttempts: 4,
  backoffCapMs: 10_000,
  cancelGraceMs: 5_000,
  cloudWaitMs: 120_000,
};

const environmentId = "env_model";
/** Longer than the lease: a worker that stalls has lost its runs when it continues. */
const stallMs = modelLimits.leaseMs * 1.5;
const restartMs = 1_000;
/** Within this every run has to end, whatever happens to it. */
const longestRunMs = 6 * 3_600_000;

/** Workers, a store and a cloud in memory, and their time. */
export class EngineWorld {
  readonly clock = new ManualClock();
  readonly store = new MemoryRunStore(this.clock);
  readonly cloud: ModelCloud;
  readonly limits = modelLimits;
  readonly maxParallel: number;
  readonly errors: string[] = [];
  /** How often a worker waited for the outside. */
  moments = 0;
  private readonly workers: ModelWorker[] = [];
  private readonly disturbances: ReadonlyMap<number, Disturbance>;

  constructor(input: WorldInput = {}) {
    this.maxParallel = input.maxParallel ?? 4;
    this.disturbances = input.disturbances ?? new Map();
    this.cloud = new ModelCloud(this.clock, (step, call) => input.faults?.(step.position)[call] ?? "ok", [
      ...(input.looks ?? []),
    ]);
    this.startWorker();
  }

  /** One of the moments of a worker: called by it. */
  disturb(worker: ModelWorker): void {
    this.moments += 1;
    const what = this.disturbances.get(this.moments);
    if (what === "stall") worker.stall(stallMs);
    if (what === "stop") void worker.stop();
    if (what === "crash") worker.isAlive = false;
    if (what) this.clock.after(restartMs, () => this.startWorker());
  }

  start(kind: RunKind, steps: readonly NewStep[]): string {
    return this.store.createRun({ environmentId, kind, steps });
  }

  /** Lets time pass until the run has ended and what it began outside is over. @returns the run's status */
  async end(runId: string): Promise<string> {
    const run = this.store.run(runId);
    const lastMs = this.clock.now() + longestRunMs;
    while (run.status === "queued" || run.status === "running" || run.status === "parked") {
      if (this.clock.now() > lastMs) throw new Error(`The run doesn’t end: ${this.describe(runId)}`);
      if (!(await this.clock.next())) throw new Error(`No one continues the run: ${this.describe(runId)}`);
    }
    await this.cloud.quiet();
    // Who stalled wakes up before anything else is asked for.
    while (this.workers.some((worker) => worker.isStalled)) await this.clock.next();
    await this.clock.settle();
    return run.status;
  }

  /** Ends every process, so that nothing waits for time any more. */
  close(): void {
    for (const worker of this.workers) worker.isAlive = false;
  }

  describe(runId: string): string {
    const { status, fence, error } = this.store.run(runId);
    const steps = this.store.listSteps(runId);
    return JSON.stringify({
      ...{ status, fence, error: error?.message, violations: this.cloud.violations, errors: this.errors },
      steps: steps.map(
        (step) => `${step.component} ${step.action} ${step.status} ${step.error?.message ?? ""}`,
      ),
      objects: this.cloud.objects,
      resources: [...this.store.resources.keys()],
    });
  }

  private startWorker(): void {
    this.workers.push(new ModelWorker(`worker-${this.workers.length}`, this, this.limits));
  }
}
