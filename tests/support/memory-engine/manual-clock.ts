import type { Clock } from "@/lib/kernel/clock";

interface Entry {
  at: number;
  order: number;
  callback: () => void;
}

/** Time that passes when a test says so. Everything that waits for it is in one list, so nothing depends on the machine. */
export class ManualClock implements Clock {
  private nowMs = Date.UTC(2026, 0, 1);
  private timers = new Set<Entry>();
  private gathered: Entry[] = [];
  private order = 0;
  /** How often something was waited for until its time had come. */
  awaited = 0;

  readonly now = () => this.nowMs;
  readonly elapsed = () => this.nowMs;

  readonly after = (ms: number, callback: () => void) => {
    const entry = { at: this.nowMs + Math.max(0, ms), order: this.order++, callback };
    this.timers.add(entry);
    return () => void this.timers.delete(entry);
  };

  readonly soon = (callback: () => void) => {
    this.gathered.push({ at: 0, order: 0, callback });
  };

  /** Resolves when so much time has passed. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** A clock of one process: when that dies, nothing of what it waited for comes any more. */
  ofProcess(isAlive: () => boolean): Clock {
    const whileAlive = (callback: () => void) => () => {
      if (isAlive()) callback();
    };
    return {
      now: this.now,
      elapsed: this.elapsed,
      after: (ms, callback) => this.after(ms, whileAlive(callback)),
      soon: (callback) => this.soon(whileAlive(callback)),
    };
  }

  /** Lets everything go on that can without time passing. */
  async settle(): Promise<void> {
    do {
      for (const entry of this.gathered.splice(0)) entry.callback();
      // All promises that can resolve have done so before this.
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.gathered.length > 0);
  }

  /** Lets time pass until the next thing that waits for it. @returns false when nothing does */
  async next(): Promise<boolean> {
    await this.settle();
    let first: Entry | undefined;
    for (const entry of this.timers) {
      if (!first || entry.at < first.at || (entry.at === first.at && entry.order < first.order))
        first = entry;
    }
    if (!first) return false;
    this.timers.delete(first);
    this.awaited += 1;
    this.nowMs = Math.max(this.nowMs, first.at);
    first.callback();
    return true;
  }

  /** Lets so much time pass, with all that happens meanwhile. */
  async advance(ms: number): Promise<void> {
    let over = false;
    this.after(ms, () => {
      over = true;
    });
    while (!over) await this.next();
    await this.settle();
  }
}
