import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Whether a process of that id exists, of any owner. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The command line of a process, or "" when it is gone. Process ids are reused: check before you signal. */
export function commandLineOf(pid: number): string {
  if (!isAlive(pid)) return "";
  try {
    if (process.platform === "linux") {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    }
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], {
      encoding: "utf8",
      timeout: 5_000,
    }).trim();
  } catch {
    // It ended between the two looks.
    return "";
  }
}
