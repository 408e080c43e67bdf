import { seconds } from "./output.mjs";

const lookMs = 1_000;
const longestWaitMs = 30_000;

/**
 * Keeps an embedded server running: when it ended without being told to (killed, out of memory, a full disk), it is
 * started again, with longer waits while it keeps failing. What was committed is in its files.
 *
 * `options`: `server` (has `url`, `stop`), `isRunning(server)`, `start(server)` → another server in place of the one that ended, `onEnd(text)` for what a
 * person should know, `onMoved(server)` when it had to take another port.
 */
export class DatabaseKeeper {
  constructor(options) {
    this.options = options;
    this.server = options.server;
    this.failures = 0;
    this.stopping = false;
    this.current = Promise.resolve();
    this.schedule(lookMs);
  }

  schedule(delayMs) {
    this.timer = setTimeout(() => {
      this.current = this.look();
    }, delayMs);
  }

  async look() {
    if (this.stopping) return;
    if (this.isRunning()) return this.schedule(lookMs);
    if (this.failures === 0) this.options.onEnd("Database exited unexpectedly. Restarting…");
    try {
      const before = this.server.url;
      this.server = await this.options.start(this.server);
      this.failures = 0;
      if (this.server.url !== before) this.options.onMoved(this.server);
      this.options.onEnd("Database restarted.");
    } catch (error) {
      this.failures += 1;
      const waitMs = Math.min(longestWaitMs, 1_000 * 2 ** (this.failures - 1));
      this.options.onEnd(`Database restart failed: ${error.message} Retrying in ${seconds(waitMs)}.`);
      if (!this.stopping) this.schedule(waitMs);
      return;
    }
    if (!this.stopping) this.schedule(lookMs);
  }

  isRunning() {
    try {
      return this.options.isRunning(this.server);
    } catch {
      // Its files cannot be read; starting it says why.
      return false;
    }
  }

  /** Ends the watch, then the server; waits for a start under way, so that none is left behind. */
  async stop(mode, timeoutMs) {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.current;
    await this.server.stop(mode, timeoutMs);
  }
}
