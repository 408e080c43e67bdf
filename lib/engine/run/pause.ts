import type { Clock } from "@/lib/kernel/clock";

const longestMs = 60_000;

/** A wait that can be ended early. */
export class Pause {
  private resume: () => void = () => {};

  constructor(private readonly clock: Clock) {}

  /** Waits so many milliseconds, a minute at most, or until `end`. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const stopTimer = this.clock.after(Math.min(Math.max(ms, 0), longestMs), resolve);
      this.resume = () => {
        stopTimer();
        resolve();
      };
    });
  }

  end(): void {
    this.resume();
  }
}
