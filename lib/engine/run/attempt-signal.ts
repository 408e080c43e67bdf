import { DriverError } from "@/lib/clouds/contract";

/** Bounds one attempt of a step in time, and makes it end when one of the parent signals aborts. */
export class AttemptSignal {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private leftMs: number;
  private runsSinceMs = 0;
  private isTimedOut = false;
  private disposed = false;
  private readonly abort = () => this.controller.abort();

  constructor(
    private readonly parents: readonly AbortSignal[],
    attemptMs: number,
    private readonly graceMs: number,
  ) {
    this.leftMs = attemptMs;
    this.run();
    for (const parent of parents) {
      parent.addEventListener("abort", this.abort);
      if (parent.aborted) this.abort();
    }
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  timedOut(): boolean {
    return this.isTimedOut;
  }

  /** The work's result, or a DriverError of kind unknown when it ignored the signal for the grace time. */
  bound<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const forced = new Promise<never>((_, reject) => {
      const arm = () => {
        timer = setTimeout(
          () => reject(new DriverError("unknown", "It did not stop when it was told to.")),
          this.graceMs,
        );
      };
      if (this.signal.aborted) arm();
      else this.signal.addEventListener("abort", arm, { once: true });
    });
    return Promise.race([work, forced]).finally(() => clearTimeout(timer));
  }

  /** Awaits something that is nobody's slowness: the time limit stands still meanwhile. */
  async waiting<T>(turn: Promise<T>): Promise<T> {
    clearTimeout(this.timer);
    this.leftMs -= performance.now() - this.runsSinceMs;
    try {
      return await turn;
    } finally {
      if (!this.disposed) this.run();
    }
  }

  private run(): void {
    this.runsSinceMs = performance.now();
    this.timer = setTimeout(
      () => {
        this.isTimedOut = true;
        this.abort();
      },
      Math.max(0, this.leftMs),
    );
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    for (const parent of this.parents) parent.removeEventListener("abort", this.abort);
  }
}

/** Waits, but not longer than until the signal aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
