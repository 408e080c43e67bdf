const longestLookMs = 5_000;
const lateMs = 2_000;
/** A process that starts on a slow machine reads a thousand files before it gives its first sign. */
const leastStartMs = 60_000;

/**
 * Hears the signs of life of a child (messages over its channel, one a second) and calls `onHang(silentMs)` once when none
 * came for `limitMs`. A slow process still gives one now and then; one that is stopped, or busy in a loop without end, none.
 */
export class HangWatch {
  constructor(child, { limitMs, onHang }) {
    this.limitMs = limitMs;
    this.onHang = onHang;
    this.heardAt = performance.now();
    this.lookedAt = this.heardAt;
    this.hasBegun = false;
    child.on("message", () => {
      this.heardAt = performance.now();
      this.hasBegun = true;
    });
    this.everyMs = Math.min(longestLookMs, limitMs / 4);
    this.timer = setInterval(() => this.look(), this.everyMs);
  }

  look() {
    const now = performance.now();
    // When this process itself stood still (a suspended machine, a stopped launcher), no one could be heard.
    if (now - this.lookedAt > this.everyMs + lateMs) this.heardAt = now;
    this.lookedAt = now;
    const silentMs = now - this.heardAt;
    if (silentMs <= (this.hasBegun ? this.limitMs : Math.max(this.limitMs, leastStartMs))) return;
    this.stop();
    this.onHang(silentMs);
  }

  stop() {
    clearInterval(this.timer);
  }
}
