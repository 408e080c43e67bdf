import { setTimeout as sleep } from "node:timers/promises";

export interface Pass {
  /** Takes a waiting one out of the row, and tells the work to end. */
  signal: AbortSignal;
  /** How long work that was told to end keeps its place; after that the next one goes, whatever becomes of it. */
  graceMs?: number;
  /** Refused rather than made to wait behind so many; no limit when absent. */
  mostWaiting?: number;
  /** Called around the wait for the turn, where one is needed: for clocks that shall not count it. */
  waiting?: <T>(turn: Promise<T>) => Promise<T>;
}

/** So many wait already that one more is not worth its while. */
export class GateFullError extends Error {
  override readonly name = "GateFullError";

  constructor() {
    super("Too many requests are waiting.");
  }
}

/** Lets a limited number of works continue at once; the others wait in the order they came. */
export class Gate {
  private free: number;
  private readonly row: (() => void)[] = [];

  /** @param limit how many at once; Infinity for no limit */
  constructor(limit: number) {
    this.free = limit;
  }

  /**
   * Does the work when it is its turn.
   * @throws GateFullError when too many wait, the signal's reason when it aborts before that, else whatever the work throws
   */
  async pass<T>(
    { signal, graceMs = 0, mostWaiting = Number.POSITIVE_INFINITY, waiting = (turn) => turn }: Pass,
    work: () => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    if (this.free > 0) this.free -= 1;
    else if (this.row.length >= mostWaiting) throw new GateFullError();
    else await waiting(this.turn(signal));
    const leave = once(() => this.leave());
    const ended = new AbortController();
    // Work that does not end when it is told to must not keep the others out for ever.
    const abandon = () =>
      void sleep(graceMs, undefined, { signal: ended.signal, ref: false }).then(leave, () => undefined);
    signal.addEventListener("abort", abandon, { once: true });
    if (signal.aborted) abandon();
    try {
      return await work();
    } finally {
      signal.removeEventListener("abort", abandon);
      ended.abort();
      leave();
    }
  }

  private leave(): void {
    const next = this.row.shift();
    if (next) next();
    else this.free += 1;
  }

  private turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = () => {
        this.row.splice(this.row.indexOf(go), 1);
        reject(signal.reason);
      };
      this.row.push(go);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    work();
  };
}
