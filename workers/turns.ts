import { setTimeout as sleep } from "node:timers/promises";
import type { JobTurn } from "@/lib/features/workers";
import { messageOf } from "@/lib/kernel/errors";
import { HeldLocks } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";
import { jobs, lookMsOf, type ScheduleName } from "@/lib/platform/queue";
import { handlers } from "./handlers";

const stopMs = 5_000;

/** A turn that was begun here. */
export interface BegunTurn {
  /** @throws what the job threw last, unless it was to end */
  ended: Promise<void>;
}

/**
 * Does turns of recurring jobs, one at a time in the whole installation: the lock is PostgreSQL's, and a process
 * that dies frees it at once. So it doesn't matter who asks for a turn, or how often: the queue, the safety loop or both.
 */
export class Turns {
  private readonly locks = new HeldLocks();
  private readonly running = new Map<AbortController, Promise<void>>();
  private readonly newest = new Map<ScheduleName, JobTurn>();
  private readonly seenMs = new Map<ScheduleName, number>();
  private readonly closing = new AbortController();

  /** @param doers who does each job */
  constructor(private readonly doers: Pick<typeof handlers, ScheduleName> = handlers) {}

  /**
   * Does a turn, or nothing while one is under way anywhere. A frequent job waits for the end of that one, so that there
   * is no gap between them. @throws what the job throws, unless it was to end
   */
  async take(name: ScheduleName): Promise<void> {
    const lookMs = lookMsOf(name) ?? 0;
    // It ends before the next turn comes, however long it had to wait.
    const endMs = performance.now() + (lookMs && jobs[name].everyMs - lookMs / 2);
    for (;;) {
      const turn = await this.begin(name, endMs);
      if (turn) return await turn.ended;
      if (performance.now() >= endMs || this.closing.signal.aborted) return;
      await this.pause(lookMs / 2, this.closing.signal);
    }
  }

  /**
   * Begins a turn; null while one is under way anywhere. @throws when the database is away
   * @param endMs until when a frequent job looks, by the clock of `performance`
   */
  async begin(name: ScheduleName, endMs = performance.now() + jobs[name].everyMs): Promise<BegunTurn | null> {
    if (this.closing.signal.aborted) return null;
    const lock = await this.locks.take(`job ${name}`);
    this.noteSeen(name);
    if (!lock) return null;
    const controller = new AbortController();
    if (this.closing.signal.aborted) controller.abort();
    lock.lost.addEventListener("abort", () => controller.abort());
    const ended = this.work(name, endMs, controller.signal).finally(async () => {
      await lock.release();
      this.running.delete(controller);
    });
    this.running.set(
      controller,
      ended.catch(() => {}),
    );
    return { ended };
  }

  /** Someone does this job: this process or another one. */
  noteSeen(name: ScheduleName): void {
    this.seenMs.set(name, performance.now());
  }

  /** For how long this process has seen no one do a job. */
  silentMs(name: ScheduleName): number {
    return performance.now() - (this.seenMs.get(name) ?? Number.NEGATIVE_INFINITY);
  }

  /** How the newest run of each job went, of those since the last call. */
  drain(): JobTurn[] {
    const turns = [...this.newest.values()];
    this.newest.clear();
    return turns;
  }

  /** Begins no more turns, and waits up to 5 s for those in hand. */
  async stop(): Promise<void> {
    this.closing.abort();
    for (const controller of this.running.keys()) controller.abort();
    const late = new Promise((resolve) => setTimeout(resolve, stopMs).unref());
    await Promise.race([Promise.all(this.running.values()), late]);
    await this.locks.close();
  }

  private async work(name: ScheduleName, endMs: number, signal: AbortSignal): Promise<void> {
    const lookMs = lookMsOf(name);
    if (lookMs === null) {
      const { error } = await this.look(name, signal);
      if (error !== null) throw error;
      return;
    }
    for (;;) {
      const { error, tookMs } = await this.look(name, signal);
      if (signal.aborted) return;
      const pauseMs = Math.max(lookMs / 4, lookMs - tookMs);
      if (performance.now() + pauseMs >= endMs) {
        // Also a failure between two good looks is in the log; one that lasts is a failed job.
        if (error !== null) throw error;
        return;
      }
      if (error !== null) moduleLog("workers").warn({ err: error, job: name }, `${name} failed; retrying`);
      await this.pause(pauseMs, signal);
    }
  }

  private async look(name: ScheduleName, signal: AbortSignal): Promise<{ error: unknown; tookMs: number }> {
    const startedAt = new Date();
    const startMs = performance.now();
    let error: unknown = null;
    try {
      const handle = await this.doers[name]();
      await handle({}, signal);
    } catch (thrown) {
      if (!signal.aborted) error = thrown;
    }
    this.noteSeen(name);
    const tookMs = performance.now() - startMs;
    const reason = error === null ? null : messageOf(error);
    this.newest.set(name, { name, startedAt, durationMs: Math.round(tookMs), error: reason });
    return { error, tookMs };
  }

  private async pause(forMs: number, signal: AbortSignal): Promise<void> {
    await sleep(forMs, undefined, { signal }).catch(() => {});
  }
}
