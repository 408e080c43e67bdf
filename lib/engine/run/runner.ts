import { Batcher } from "@/lib/kernel/batcher";
import { type Clock, systemClock } from "@/lib/kernel/clock";
import type { ClaimedRun, RunStore } from "./ports";
import { type Ending, recordEnds } from "./record-ends";
import { StepLogWriter } from "./step-log";
import type { RunExecutor, RunLimits, RunSession } from "./types";
import type { WalkEnd } from "./walk-input";
import { walkRun } from "./walker";
import { FenceLost, StepWriter } from "./writer";

export interface RunnerOptions<Transaction> {
  store: RunStore<Transaction>;
  clock?: Clock;
  workerId: string;
  executor: RunExecutor<Transaction>;
  limits: RunLimits;
  /** Runs walked at once by this process. */
  maxRuns: number;
  /** Asked to wake the run again at that time (a delayed queue message). The sweep finds it without, later. */
  wakeAt(runId: string, at: Date): void;
  onError(message: string, error: unknown): void;
}

/** Runs taken in one statement: what is due at once is shared by the workers that ask. */
const runsPerClaim = 128;
/** No more runs are taken while the ones under way have this many steps: each step is held in memory until its run ends. */
const maxSteps = 10_000;

interface Owned {
  claimed: ClaimedRun;
  lost: AbortController;
  cancelled: AbortController;
  done: Promise<void>;
}

/** Claims due runs and walks them, many at once. A wake carries no data: the store knows what is due. */
export class RunRunner<Transaction = unknown> {
  private readonly owned = new Map<string, Owned>();
  private readonly writer: StepWriter;
  private readonly logs: StepLogWriter;
  private readonly ends: Batcher<Ending, boolean>;
  private claiming = false;
  private claimAgain = false;
  private stopped = false;
  private stopHeartbeat: () => void = () => {};
  private readonly clock: Clock;

  constructor(private readonly options: RunnerOptions<Transaction>) {
    this.clock = options.clock ?? systemClock;
    this.writer = new StepWriter(options.store, this.clock);
    this.logs = new StepLogWriter(
      options.store,
      this.clock,
      (error) => options.onError("Couldn’t write step logs", error),
      (runIds) => this.tell(runIds),
    );
    this.ends = new Batcher((endings) => recordEnds(options, endings), this.clock.soon);
  }

  start(): void {
    this.beatLater();
    this.wake();
  }

  private beatLater(): void {
    this.stopHeartbeat = this.clock.after(this.options.limits.heartbeatMs, () => {
      this.beatLater();
      void this.beat();
    });
  }

  /** Something may be due. Cheap to call too often: one claim is under way at a time. */
  wake(): void {
    this.claimAgain = true;
    if (!this.claiming && !this.stopped) void this.claim();
  }

  /** Runs under way in this process. */
  get size(): number {
    return this.owned.size;
  }

  /**
   * Stops claiming, tells the running steps to stop and waits for them, at most `graceMs`. The runs stay
   * claimed; their leases run out and others continue with them.
   */
  async stop(graceMs: number): Promise<void> {
    this.stopped = true;
    this.stopHeartbeat();
    const all = Promise.allSettled([...this.owned.values()].map((owned) => owned.done));
    await this.within(graceMs, all);
    for (const owned of this.owned.values()) owned.lost.abort();
    await this.within(500, all);
    await this.releaseLeases();
    await this.logs.flush();
  }

  private async within(ms: number, work: Promise<unknown>): Promise<void> {
    let stopTimer = () => {};
    const timeout = new Promise<void>((resolve) => {
      stopTimer = this.clock.after(ms, resolve);
    });
    await Promise.race([work, timeout]);
    stopTimer();
  }

  /** Screens that show a log hear of its new lines. */
  private tell(runIds: ReadonlySet<string>): void {
    for (const runId of runIds) {
      const owned = this.owned.get(runId);
      if (owned) this.options.executor.changed(runId, owned.claimed.run.environmentId);
    }
  }

  private async releaseLeases(): Promise<void> {
    const ids = [...this.owned.keys()];
    if (ids.length === 0) return;
    // Handing over at once instead of letting the lease run out; the fence still protects against this process.
    const { store, workerId } = this.options;
    await store
      .release(workerId, ids)
      .catch((error) => this.options.onError("Couldn’t release leases", error));
  }

  private async claim(): Promise<void> {
    this.claiming = true;
    try {
      while (this.claimAgain && !this.stopped) {
        this.claimAgain = false;
        const limit = Math.min(this.room(), runsPerClaim);
        if (limit <= 0) break;
        const { store, workerId, limits } = this.options;
        const claimed = await store.claim({ workerId, leaseMs: limits.leaseMs, limit });
        for (const one of claimed) this.take(one);
        if (claimed.length === limit) this.claimAgain = true;
      }
    } catch (error) {
      this.options.onError("Couldn’t claim runs", error);
    } finally {
      this.claiming = false;
    }
  }

  /** How many more runs may be taken now. The end of one asks again. */
  private room(): number {
    let steps = 0;
    for (const { claimed } of this.owned.values()) steps += claimed.steps.length;
    return steps < maxSteps ? this.options.maxRuns - this.owned.size : 0;
  }

  private take(claimed: ClaimedRun): void {
    const { id } = claimed.run;
    // The same run again: this process lost it before and its walk has not noticed yet.
    this.owned.get(id)?.lost.abort();
    const lost = new AbortController();
    const cancelled = new AbortController();
    if (claimed.run.cancelRequestedAt) cancelled.abort();
    const owned: Owned = { claimed, lost, cancelled, done: Promise.resolve() };
    this.owned.set(id, owned);
    owned.done = this.carry(owned).finally(() => {
      if (this.owned.get(id) === owned) this.owned.delete(id);
      this.wake();
    });
  }

  private async carry(owned: Owned): Promise<void> {
    const { run, steps } = owned.claimed;
    let session: RunSession | null = null;
    try {
      session = await this.options.executor.open(run, steps);
      const end = await walkRun({
        run,
        steps,
        session,
        writer: this.writer,
        limits: this.options.limits,
        clock: this.clock,
        lost: owned.lost.signal,
        cancelled: owned.cancelled.signal,
        log: (step, line) => this.logs.add(run.id, step.id, line),
        changed: () => this.options.executor.changed(run.id, run.environmentId),
      });
      await this.finish(owned, end);
    } catch (error) {
      if (!(error instanceof FenceLost)) {
        this.options.onError(`Run ${run.id} was released; a worker resumes it when its lease ends`, error);
      }
    } finally {
      await session?.close().catch((error) => this.options.onError("Couldn’t close a run’s session", error));
    }
  }

  private async finish(owned: Owned, end: WalkEnd): Promise<void> {
    const { run } = owned.claimed;
    await this.logs.flush();
    const written = await this.ends.add({
      run,
      end: {
        id: run.id,
        fence: run.fence,
        environmentId: run.environmentId,
        status: end.status,
        wakeAt: end.status === "parked" ? end.wakeAt : null,
        deadlineAt: run.deadlineAt,
        error: "error" in end ? end.error : null,
      },
    });
    if (!written) throw new FenceLost(run.id);
    if (end.status === "parked") this.options.wakeAt(run.id, end.wakeAt);
    this.options.executor.changed(run.id, run.environmentId);
  }

  private async beat(): Promise<void> {
    const owned = [...this.owned.values()];
    if (owned.length === 0) return;
    try {
      const alive = await this.options.store.renew(
        owned.map(({ claimed }) => ({ id: claimed.run.id, fence: claimed.run.fence })),
        this.options.limits.leaseMs,
      );
      for (const one of owned) {
        const row = alive.get(one.claimed.run.id);
        if (!row && this.owned.get(one.claimed.run.id) === one) one.lost.abort();
        else if (row?.cancelRequestedAt) one.cancelled.abort();
      }
    } catch (error) {
      this.options.onError("Couldn’t renew leases", error);
    }
  }
}
