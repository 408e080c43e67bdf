import { messageOf } from "@/lib/kernel/errors";
import { isConnectionError } from "@/lib/platform/db";
import { moduleLog } from "@/lib/platform/log";

export interface TickerOptions {
  name: string;
  /** The work is looked for this often even if nobody wakes it. */
  everyMs: number;
  work: (signal: AbortSignal) => Promise<unknown>;
}

/**
 * Does one kind of work over and over: when woken, and regularly in case every message got lost. Never twice at once
 * in this process; a wake during the work makes it run once more. Errors are logged and the next tick tries again.
 */
export class Ticker {
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private again = false;

  constructor(private readonly options: TickerOptions) {}

  start(): this {
    this.wake();
    return this;
  }

  wake(): void {
    if (this.stopping.signal.aborted) return;
    if (this.running) {
      this.again = true;
      return;
    }
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.running = this.run().finally(() => {
      this.running = null;
      if (this.stopping.signal.aborted) return;
      if (this.again) this.wake();
      else this.timer = setTimeout(() => this.wake(), this.options.everyMs);
    });
  }

  /** No more work is begun; what is under way is told to stop and waited for. */
  async stop(): Promise<void> {
    this.stopping.abort();
    if (this.timer) clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    this.again = false;
    try {
      await this.options.work(this.stopping.signal);
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      const log = moduleLog("workers");
      // While the database restarts this says nothing new; the next tick tries again.
      if (isConnectionError(error)) log.warn({ tick: this.options.name }, messageOf(error));
      else log.error({ err: error, tick: this.options.name }, "a tick failed; the next one tries again");
    }
  }
}
