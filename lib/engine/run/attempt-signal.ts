import { DriverError } from "@/lib/clouds/contract";
import type { Clock } from "@/lib/kernel/clock";
import type { RunLimits } from "./types";

/** Bounds one attempt of a step in time; its maker may abort it too. */
export class AttemptSignal {
  private readonly controller = new AbortController();
  private stopTimer: () => void = () => {};
  private leftMs: number;
  private runsSinceMs = 0;
  private isTimedOut = false;
  private disposed = false;
  private onAbort: () => void = () => {};

  constructor(
    attemptMs: number,
    private readonly graceMs: number,
    private readonly clock: Clock,
  ) {
    this.leftMs = attemptMs;
    this.run();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  timedOut(): boolean {
    return this.isTimedOut;
  }

  abort(): void {
    if (this.signal.aborted) return;
    this.controller.abort();
    this.onAbort();
  }

  /** The work's result, or a DriverError of kind unknown when it ignored the signal for the grace time. */
  bound<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let stopGrace = () => {};
      const arm = () => {
        stopGrace = this.clock.after(this.graceMs, () =>
          reject(new DriverError("unknown", "The step did not stop when interrupted.")),
        );
      };
      if (this.signal.aborted) arm();
      else this.onAbort = arm;
      const settled = () => {
        this.onAbort = () => {};
        stopGrace();
      };
      work.then(
        (result) => {
          settled();
          resolve(result);
        },
        (error) => {
          settled();
          reject(error);
        },
      );
    });
  }

  /** Awaits something that is no one's slowness: the time limit stands still meanwhile. */
  async waiting<T>(turn: Promise<T>): Promise<T> {
    this.stopTimer();
    this.leftMs -= this.clock.elapsed() - this.runsSinceMs;
    try {
      return await turn;
    } finally {
      if (!this.disposed) this.run();
    }
  }

  private run(): void {
    this.runsSinceMs = this.clock.elapsed();
    this.stopTimer = this.clock.after(Math.max(0, this.leftMs), () => {
      this.isTimedOut = true;
      this.abort();
    });
  }

  dispose(): void {
    this.disposed = true;
    this.stopTimer();
  }
}

/** The attempts that a walk has under way. */
export class Attempts {
  private readonly opened = new Set<AttemptSignal>();

  /** @param stopping whether an attempt that begins now is to stop at once */
  constructor(
    private readonly limits: Pick<RunLimits, "attemptMs" | "cancelGraceMs">,
    private readonly clock: Clock,
    private readonly stopping: () => boolean,
  ) {}

  /**
   * An attempt whose signal aborts at its time limit and with all others. `bound` gives a call that ignores the signal
   * a grace time and then continues without it. To be closed.
   */
  open(): AttemptSignal {
    const attempt = new AttemptSignal(this.limits.attemptMs, this.limits.cancelGraceMs, this.clock);
    this.opened.add(attempt);
    if (this.stopping()) attempt.abort();
    return attempt;
  }

  close(attempt: AttemptSignal): void {
    this.opened.delete(attempt);
    attempt.dispose();
  }

  abortAll(): void {
    for (const attempt of this.opened) attempt.abort();
  }
}

/** Waits, but not longer than until the signal aborts. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      stopTimer();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const stopTimer = clock.after(ms, done);
    signal.addEventListener("abort", done);
  });
}
