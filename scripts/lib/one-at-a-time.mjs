import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describeProcess, isRunning } from "./children.mjs";

/**
 * Runs `work` while no other process that uses the same lock file does; `onWait` hears once of the process that is waited
 * for. The lock of a process that is gone counts as free.
 */
export async function oneAtATime(file, work, onWait = () => {}) {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  for (let holder = take(file); holder !== undefined; holder = take(file)) {
    if (!told) onWait(holder);
    told = true;
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Takes the lock and answers undefined, or answers the living process that has it. */
function take(file) {
  // Linked, not written, to its place: a lock is there whole or not at all.
  const draft = `${file}.${process.pid}.${Math.random()}`;
  writeFileSync(draft, JSON.stringify(describeProcess(process.pid)));
  for (;;) {
    try {
      linkSync(draft, file);
      rmSync(draft);
      return undefined;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = readHolder(file);
    if (holder && isRunning(holder)) {
      rmSync(draft);
      return holder;
    }
    rmSync(file, { force: true });
  }
}

function readHolder(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    // Given back in this very moment, or its writer was killed half-way.
    return undefined;
  }
}
