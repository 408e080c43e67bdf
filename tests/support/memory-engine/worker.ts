import { DriverError } from "@/lib/clouds/contract";
import {
  finishedStepStatuses,
  type ResourceEffect,
  type RunExecutor,
  type RunLimits,
  type RunRecord,
  RunRunner,
  type RunSession,
  type RunStore,
  type StepContext,
  type StepObservation,
  type StepOutcome,
  type StepRecord,
} from "@/lib/engine/run";
import type { MemoryTransaction } from "./memory-run-store";
import type { EngineWorld } from "./world";

const changing = new Set(["create", "update", "replace", "no-op"]);
const sweepMs = 5_000;

/** A worker process that may die or stall wherever it waits for anything outside of itself. */
export class ModelWorker {
  isAlive = true;
  private stalledUntil = 0;
  private readonly runner: RunRunner<MemoryTransaction>;

  constructor(
    readonly id: string,
    readonly world: EngineWorld,
    limits: RunLimits,
  ) {
    const clock = world.clock.ofProcess(() => this.isAlive);
    this.runner = new RunRunner<MemoryTransaction>({
      store: this.guardedStore(),
      clock,
      workerId: id,
      executor: this.executor(),
      limits,
      maxRuns: 8,
      wakeAt: (_runId, at) => void clock.after(at.getTime() - clock.now(), () => this.runner.wake()),
      onError: (message, error) => world.errors.push(`${message}: ${error}`),
    });
    this.runner.start();
    const sweep = () => {
      this.runner.wake();
      clock.after(sweepMs, sweep);
    };
    sweep();
  }

  get isStalled(): boolean {
    return this.isAlive && this.stalledUntil > this.world.clock.now();
  }

  stall(ms: number): void {
    this.stalledUntil = this.world.clock.now() + ms;
  }

  async stop(): Promise<void> {
    await this.runner.stop(8_000);
    this.isAlive = false;
  }

  /** A moment at which this process waits for the outside: here it may die. */
  async point(): Promise<void> {
    if (this.isAlive) this.world.disturb(this);
    const { clock } = this.world;
    while (this.isAlive && this.stalledUntil > clock.now())
      await clock.sleep(this.stalledUntil - clock.now());
    // What a dead process waited for never comes.
    if (!this.isAlive) await new Promise(() => {});
  }

  /** A call to the outside: it may die before the call arrives, and before the answer does. */
  async call<T>(work: () => Promise<T>): Promise<T> {
    await this.point();
    const result = await work();
    await this.point();
    return result;
  }

  private guardedStore(): RunStore<MemoryTransaction> {
    const { store } = this.world;
    return {
      claim: (options) => this.call(() => store.claim(options)),
      renew: (owned, leaseMs) => this.call(() => store.renew(owned, leaseMs)),
      release: (workerId, ids) => this.call(() => store.release(workerId, ids)),
      writeMoves: (moves) => this.call(() => store.writeMoves(moves)),
      writeEnds: (ends, follow) => this.call(() => store.writeEnds(ends, follow)),
      addLog: (lines) => this.call(() => store.addLog(lines)),
    };
  }

  private executor(): RunExecutor<MemoryTransaction> {
    return {
      open: (run, steps) => this.call(async () => new ModelSession(this, run, steps)),
      ended: async (transaction, ends) => {
        await this.point();
        for (const { run, status } of ends) transaction.note(`${run.id} ${status}`);
        await this.point();
      },
      changed: () => {},
    };
  }
}

/** Carries steps out in the model, as `EnvironmentSession` does in clouds, and watches what it is asked to do. */
class ModelSession implements RunSession {
  readonly maxParallel: number;
  /** Under way when their owner vanished: to be looked at before anything else. */
  private readonly unseen: Set<string>;

  constructor(
    private readonly worker: ModelWorker,
    private readonly run: RunRecord,
    steps: readonly StepRecord[],
  ) {
    this.maxParallel = worker.world.maxParallel;
    this.unseen = new Set(steps.flatMap((step) => (step.status === "running" ? step.id : [])));
  }

  async execute(step: StepRecord, context: StepContext): Promise<StepOutcome> {
    await this.worker.point();
    this.watch(step);
    const { cloud } = this.worker.world;
    if (step.action === "no-op") return { state: "done", effect: { type: "none" }, skipped: true };
    if (context.signal.aborted) throw new DriverError("retryable", "Interrupted.");
    const pending = await cloud.request(step, context.signal, () => this.worker.point());
    await this.worker.point();
    return pending ?? { state: "done", effect: this.effectOf(step) };
  }

  async poll(step: StepRecord, _token: Record<string, unknown>): Promise<StepOutcome> {
    return this.worker.call(async () => {
      const { cloud } = this.worker.world;
      if (cloud.isUnderWay(step)) return { state: "pending", token: { key: step.id }, wakeAfterMs: 2_000 };
      return { state: "done", effect: this.effectOf(step) };
    });
  }

  async observe(step: StepRecord): Promise<StepObservation> {
    return this.worker.call(async () => {
      this.unseen.delete(step.id);
      if (step.action === "run") return { state: "unobservable", message: "a command leaves no trace" };
      if (!changing.has(step.action)) return { state: "absent" };
      const seen = this.worker.world.cloud.look(step.component);
      if (seen?.key !== step.id || seen.status !== "running") return { state: "absent" };
      return { state: "done", effect: this.effectOf(step) };
    });
  }

  async close(): Promise<void> {
    await this.worker.point();
  }

  /** What must hold whenever an owner begins something outside. */
  private watch(step: StepRecord): void {
    const { store, cloud, clock, limits } = this.worker.world;
    const run = store.run(this.run.id);
    // Someone who lost the run and does not know yet may repeat a call; its key makes that harmless.
    if (run.status !== "running" || run.fence !== this.run.fence) return;
    const stored = store.steps.get(step.id);
    const say = (what: string) => cloud.violations.push(`${step.component} ${step.action}: ${what}`);
    if (stored?.status !== "running") say(`begun while recorded as ${stored?.status}`);
    if (stored && finishedStepStatuses.includes(stored.status)) say("executed again after its end");
    if (store.blockersOf(step).length > 0) say("begun before what it waits for");
    if (this.unseen.has(step.id)) say("repeated without a look");
    const noticed = limits.leaseMs + limits.heartbeatMs + 1_000;
    if (run.cancelRequestedAt && clock.now() - run.cancelRequestedAt.getTime() > noticed)
      say("begun after the run was canceled");
  }

  private effectOf({ component, action, input }: StepRecord): ResourceEffect {
    if (action === "delete") return { type: "remove", component };
    if (["cleanup", "verify", "settle", "run"].includes(action)) return { type: "none" };
    const object = this.worker.world.cloud.find(component);
    const resource = {
      ...{
        component,
        cloudId: "cld_model",
        kind: "container" as const,
        externalId: String(object?.id ?? ""),
      },
      ...{
        status: object?.status ?? ("unknown" as const),
        desired: null,
        desiredDigest: String(input.revision ?? ""),
      },
      ...{ spec: {}, cpu: 0, memoryBytes: 0, storageBytes: 0, replicas: 1 },
      ...{ attributes: {}, address: {}, outputs: {}, sealedOutputs: null },
    };
    return { type: "upsert", resource };
  }
}
