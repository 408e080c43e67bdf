import { formatDuration } from "./format";

/** A question that took longer than its limit. */
export class LateError extends Error {
  override readonly name = "LateError";
}

/** Waits for `work`, `limitMs` at most; the work itself continues. @throws LateError, or what the work throws */
export async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LateError(`Timed out after ${formatDuration(limitMs)}.`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A question that may never be answered (a stopped server, a network file system that went away), asked by many: one is
 * under way at a time and all wait for it, each up to the limit. So waiting for it costs one connection or thread, not
 * one each.
 */
export class Probe<T> {
  private asked: Promise<T> | null = null;

  /** @param limitMs how long one caller waits */
  constructor(
    private readonly ask: () => Promise<T>,
    private readonly limitMs: number,
  ) {}

  /** @throws LateError, or what the question throws */
  async answer(): Promise<T> {
    if (!this.asked) {
      const asked = this.ask().finally(() => {
        this.asked = null;
      });
      // The caller may have left by the time it fails.
      asked.catch(() => {});
      this.asked = asked;
    }
    return await within(this.limitMs, this.asked);
  }
}
