/** Time as code sees it that has to run in a test's time too. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since some moment; never jumps, for measuring. */
  elapsed(): number;
  /** Calls back once, after so many milliseconds. Answers with what calls it off. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back once, when what is under way now has had its turn: so that much can be gathered. */
  soon(callback: () => void): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  soon: (callback) => void setImmediate(callback),
};
