import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { hostPath } from "../config";

/** Directories that programs are looked up in: the host's own PATH without the ones npm adds for its scripts. */
export function programPath(): string {
  const entries = hostPath().split(delimiter);
  const own = entries.filter((entry) => isAbsolute(entry) && !entry.includes("node_modules"));
  const usual = ["/usr/local/bin", "/usr/bin", "/bin"];
  return [...new Set([...own, ...usual])].join(delimiter);
}

/** The file of a program by its name on the PATH; null when there is none to execute. */
export function findProgram(name: string): string | null {
  if (!/^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(name)) return null;
  for (const directory of programPath().split(delimiter)) {
    const file = join(directory, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not in this directory.
    }
  }
  return null;
}
