import { randomBytes } from "node:crypto";
import { closeSync, openSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identityOf, isRunning } from "@/lib/platform/exec/process-table";
import { type ComponentRef, DriverError } from "../contract";

const longestWaitMs = 10 * 60_000;

/**
 * Runs `work` while no other process acts on that component. Every contender makes a file of its own whose name says
 * who it is, then looks for others: one that sees another living one withdraws and tries again. So at most one continues,
 * and a file left by a dead process can be deleted by anyone, because its name is never used again.
 * @throws DriverError (retryable) when the signal aborts or the component stays busy.
 */
export async function withLock<T>(
  locksDir: string,
  ref: ComponentRef,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const prefix = `${ref.environmentId}.${ref.component}~`;
  const file = await acquire(locksDir, prefix, signal);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

async function acquire(locksDir: string, prefix: string, signal: AbortSignal | undefined): Promise<string> {
  const until = Date.now() + longestWaitMs;
  for (;;) {
    if (signal?.aborted)
      throw new DriverError("retryable", "Interrupted while another change was in progress");
    if (!isHeld(locksDir, prefix, null)) {
      const own = lockName(prefix);
      closeSync(openSync(join(locksDir, own), "wx", 0o600));
      if (!isHeld(locksDir, prefix, own)) return join(locksDir, own);
      rmSync(join(locksDir, own), { force: true });
    }
    if (Date.now() > until)
      throw new DriverError("retryable", "Timed out waiting for another change of this component");
    await sleep(10 + Math.random() * 60);
  }
}

const longestShortWaitMs = 10_000;

/**
 * Runs `work`, a matter of milliseconds, while no other process does the same under that prefix. Does not let go of this
 * process's only thread while it waits. @throws DriverError (retryable) when it stays held
 */
export function withLockNow<T>(locksDir: string, prefix: string, work: () => T): T {
  const until = Date.now() + longestShortWaitMs;
  const own = join(locksDir, lockName(prefix));
  for (;;) {
    if (!isHeld(locksDir, prefix, null)) {
      closeSync(openSync(own, "wx", 0o600));
      try {
        if (!isHeld(locksDir, prefix, basename(own))) return work();
      } finally {
        rmSync(own, { force: true });
      }
    }
    if (Date.now() > until)
      throw new DriverError("retryable", `Timed out waiting for another process to release ${locksDir}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1 + Math.random() * 15);
  }
}

/** A name for a file of this process under that prefix, never used again. */
export function lockName(prefix: string): string {
  return `${prefix}${selfName()}.${randomBytes(6).toString("hex")}`;
}

let self = "";
function selfName(): string {
  if (self === "") {
    const identity = identityOf(process.pid);
    self = `${process.pid}.${Buffer.from(identity?.start ?? "").toString("hex")}`;
  }
  return self;
}

/** Whether a living process other than the one with file `own` holds or wants the lock. Sweeps dead ones' files. */
export function isHeld(locksDir: string, prefix: string, own: string | null): boolean {
  let held = false;
  for (const name of readdirSync(locksDir)) {
    if (!name.startsWith(prefix) || name === own) continue;
    const [pid, start] = name.slice(prefix.length).split(".");
    const identity = { pid: Number(pid), start: Buffer.from(start ?? "", "hex").toString() };
    if (isRunning(identity)) held = true;
    else rmSync(join(locksDir, name), { force: true });
  }
  return held;
}

/** Whether someone acts on that component now. */
export function isLocked(locksDir: string, ref: ComponentRef): boolean {
  return isHeld(locksDir, `${ref.environmentId}.${ref.component}~`, null);
}
