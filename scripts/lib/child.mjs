import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { describeProcess, endAll, signal } from "./children.mjs";
import { HangWatch } from "./hang-watch.mjs";

const longestWaitMs = 30_000;
const stableAfterMs = 60_000;
const largestLogBytes = 20_000_000;
const hangGraceMs = 5_000;

/**
 * A child process that is started again when it ends, after a wait that doubles while it keeps ending, and replaced when
 * it hangs. It has a session of its own, so that Ctrl-C reaches the launcher alone, which stops things in order. Nothing
 * that cannot be written or started ends the launcher: who supervises must outlive a full disk.
 *
 * `options`: `command`, `args`, `env`, `cwd`; `logFile` (the launcher's own output if absent); `hangLimitMs` for children
 * that give signs of life over their channel; `onStart(known)`, `onEnd({ reason, waitMs, hung })`, `onProblem(text)`.
 */
export class Child {
  constructor(options) {
    this.options = options;
    this.restarts = 0;
    this.stopping = false;
    this.known = undefined;
    this.hungMs = undefined;
  }

  start() {
    if (this.stopping) return;
    const startedMs = Date.now();
    try {
      this.spawn(startedMs);
    } catch (error) {
      // No file descriptor or no memory is left for it at this moment.
      this.ended(startedMs, error.code ?? error.message);
    }
  }

  spawn(startedMs) {
    const { command, args, env, cwd, hangLimitMs, onStart } = this.options;
    const log = this.openLog();
    const output = log ?? "inherit";
    let child;
    try {
      const channel = hangLimitMs === undefined ? [] : ["ipc"];
      child = spawn(command, args, {
        cwd,
        env,
        detached: true,
        stdio: ["ignore", output, output, ...channel],
      });
    } finally {
      if (log !== undefined) closeSync(log);
    }
    let isOver = false;
    const end = (reason) => {
      if (isOver) return;
      isOver = true;
      watch?.stop();
      this.ended(startedMs, reason);
    };
    const watch =
      hangLimitMs === undefined
        ? undefined
        : new HangWatch(child, { limitMs: hangLimitMs, onHang: (silentMs) => void this.replace(silentMs) });
    child.on("error", (error) => {
      // With a process it was only the channel that broke.
      if (child.pid === undefined) end(error.code ?? error.message);
    });
    child.on("exit", (code, signalName) => end(signalName ?? `exit code ${code}`));
    if (child.pid) {
      this.known = describeProcess(child.pid);
      onStart(this.known);
    }
  }

  ended(startedMs, why) {
    this.known = undefined;
    if (this.stopping) return;
    const hung = this.hungMs !== undefined;
    const reason = hung ? `no heartbeat for ${Math.round(this.hungMs / 1000)} s` : why;
    this.hungMs = undefined;
    this.restarts = Date.now() - startedMs > stableAfterMs ? 1 : this.restarts + 1;
    const waitMs = Math.min(longestWaitMs, 250 * 2 ** (this.restarts - 1));
    // The next one says in the list of workers what became of the one before.
    this.options.env.ROSTRUM_REPLACES = JSON.stringify({ at: new Date().toISOString(), reason, hung });
    this.timer = setTimeout(() => this.start(), waitMs);
    this.options.onEnd({ reason, restarts: this.restarts, waitMs, hung });
  }

  async replace(silentMs) {
    if (this.stopping || this.known === undefined || this.hungMs !== undefined) return;
    this.hungMs = silentMs;
    await endAll([this.known], hangGraceMs);
  }

  /** Ends the process so that the next one has a changed environment. */
  async restartWith(changes, graceMs) {
    Object.assign(this.options.env, changes);
    if (this.known) await endAll([this.known], graceMs);
  }

  async stop(graceMs) {
    this.stopping = true;
    clearTimeout(this.timer);
    if (this.known) await endAll([this.known], graceMs);
  }

  kill() {
    this.stopping = true;
    clearTimeout(this.timer);
    if (this.known) signal(this.known.pid, "SIGKILL");
  }

  /** The log to append to; undefined, said once, where it cannot be opened: then the child writes where the launcher does. */
  openLog() {
    const { logFile, onProblem = () => {} } = this.options;
    if (logFile === undefined) return undefined;
    try {
      return openLog(logFile);
    } catch (error) {
      onProblem(`Can't open ${logFile} (${error.code ?? error.message}). Log lines appear here instead.`);
      return undefined;
    }
  }
}

/** Appends to a log; the previous twenty megabytes are kept beside it. */
function openLog(file) {
  // The folder may have been deleted; one above it is not made again, it may be a disk that is not mounted.
  if (!existsSync(dirname(file))) mkdirSync(dirname(file));
  if (existsSync(file) && statSync(file).size > largestLogBytes) renameSync(file, `${file}.1`);
  return openSync(file, "a", 0o600);
}
