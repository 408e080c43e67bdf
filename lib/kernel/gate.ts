/** Lets a limited number of works go on at once; the others wait in the order they came. */
export class Gate {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  /** @param limit how many at once; Infinity for no limit */
  constructor(limit: number) {
    this.free = limit;
  }

  /**
   * Does the work when it is its turn.
   * @throws the signal's reason when it aborts before that, else whatever the work throws
   */
  async pass<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.turn(signal);
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }

  private turn(signal: AbortSignal): Promise<void> | undefined {
    signal.throwIfAborted();
    if (this.free > 0) {
      this.free -= 1;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const go = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        this.waiting.splice(this.waiting.indexOf(go), 1);
        reject(signal.reason);
      };
      this.waiting.push(go);
      signal.addEventListener("abort", leave, { once: true });
    });
  }
}
