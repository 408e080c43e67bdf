const longestMs = 60_000;

/** A wait that can be ended early. */
export class Pause {
  private resume: () => void = () => {};

  /** Waits so many milliseconds, a minute at most, or until `end`. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(Math.max(ms, 0), longestMs));
      this.resume = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  end(): void {
    this.resume();
  }
}
