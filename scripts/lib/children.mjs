import { execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * When a process was started, in the system's own words; "" when there is none. With the process id it names one
 * process for good: ids are used again, and Next renames its process.
 */
export function startOf(pid) {
  try {
    if (process.platform === "linux") {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return fields[0] === "Z" ? "" : (fields[19] ?? "");
    }
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    // No such process.
    return "";
  }
}

export function describeProcess(pid) {
  return { pid, start: startOf(pid) };
}

export function isRunning(known) {
  return Boolean(known?.pid) && known.start !== "" && startOf(known.pid) === known.start;
}

/** Who runs Rostrum on this data directory, so that the next start can find what a killed launcher left behind. */
export class ProcessFile {
  constructor(file) {
    this.file = file;
    this.content = {};
  }

  read() {
    try {
      return JSON.parse(readFileSync(this.file, "utf8"));
    } catch {
      // Absent, or half-written when the machine went down: nobody to look for.
      return {};
    }
  }

  set(changes) {
    Object.assign(this.content, changes);
    const draft = `${this.file}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(this.content)}\n`, { mode: 0o600 });
    renameSync(draft, this.file);
  }

  remove() {
    rmSync(this.file, { force: true });
  }
}

/** Sends SIGTERM to process groups, and SIGKILL to what is left after `graceMs`. */
export async function endAll(known, graceMs) {
  const living = () => known.filter(isRunning);
  for (const one of living()) signal(one.pid, "SIGTERM");
  const untilMs = Date.now() + graceMs;
  while (living().length > 0 && Date.now() < untilMs) await sleep(50);
  for (const one of living()) signal(one.pid, "SIGKILL");
  while (living().length > 0 && Date.now() < untilMs + 3_000) await sleep(50);
}

function signal(pid, name) {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, name);
      return;
    } catch {
      // Not the leader of a group, or gone by now: then the process alone, or nobody.
    }
  }
}

const longestWaitMs = 30_000;
const stableAfterMs = 60_000;

/**
 * A child process that is started again when it ends, after a wait that doubles while it keeps ending. It has a
 * session of its own, so that Ctrl-C reaches the launcher alone, which stops things in order.
 */
export class Child {
  constructor(options) {
    this.options = options;
    this.restarts = 0;
    this.stopping = false;
    this.known = undefined;
  }

  start() {
    const { command, args, env, cwd, logFile, onStart } = this.options;
    const startedMs = Date.now();
    const log = logFile ? openLog(logFile) : undefined;
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ["ignore", log ?? "inherit", log ?? "inherit"],
    });
    if (log !== undefined) closeSync(log);
    child.on("error", () => this.ended(startedMs, null, null));
    child.on("exit", (code, signalName) => this.ended(startedMs, code, signalName));
    if (child.pid) {
      this.known = describeProcess(child.pid);
      onStart(this.known);
    }
  }

  ended(startedMs, code, signalName) {
    this.known = undefined;
    if (this.stopping) return;
    this.restarts = Date.now() - startedMs > stableAfterMs ? 1 : this.restarts + 1;
    const waitMs = Math.min(longestWaitMs, 250 * 2 ** (this.restarts - 1));
    this.options.onEnd({ reason: signalName ?? `exit code ${code}`, restarts: this.restarts, waitMs });
    this.timer = setTimeout(() => this.start(), waitMs);
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
}

/** Appends to a log; the previous twenty megabytes are kept beside it. */
function openLog(file) {
  if (existsSync(file) && statSync(file).size > 20_000_000) renameSync(file, `${file}.1`);
  return openSync(file, "a", 0o600);
}
