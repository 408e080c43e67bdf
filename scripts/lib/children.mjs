import { execFileSync } from "node:child_process";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

const writeAgainMs = 5_000;

/**
 * Who runs Rostrum on this data directory, so that the next start can find what a killed launcher left behind. A file that
 * cannot be written (a full disk) is written later: `onProblem` hears of it once.
 */
export class ProcessFile {
  constructor(file, onProblem = () => {}) {
    this.file = file;
    this.onProblem = onProblem;
    this.content = {};
    this.told = false;
    this.removed = false;
  }

  read() {
    try {
      return JSON.parse(readFileSync(this.file, "utf8"));
    } catch {
      // Absent, or half-written when the machine went down: no one to look for.
      return {};
    }
  }

  set(changes) {
    Object.assign(this.content, changes);
    this.write();
  }

  write() {
    clearTimeout(this.again);
    if (this.removed) return;
    const draft = `${this.file}.${process.pid}`;
    try {
      writeFileSync(draft, `${JSON.stringify(this.content)}\n`, { mode: 0o600 });
      renameSync(draft, this.file);
      this.told = false;
    } catch (error) {
      removeIfPossible(draft);
      if (!this.told) this.onProblem(error);
      this.told = true;
      this.again = setTimeout(() => this.write(), writeAgainMs);
      this.again.unref();
    }
  }

  remove() {
    this.removed = true;
    clearTimeout(this.again);
    removeIfPossible(this.file);
  }
}

function removeIfPossible(file) {
  try {
    rmSync(file, { force: true });
  } catch {
    // A file system that went away or is read-only; what is left names processes that are gone.
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

/** Signals a process with its group, or alone where it leads none. */
export function signal(pid, name) {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, name);
      return;
    } catch {
      // Not the leader of a group, or gone by now: then the process alone, or no one.
    }
  }
}
