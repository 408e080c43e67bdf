import { existsSync, readdirSync, renameSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** A name beside a directory for its next or former content. */
export function beside(directory: string, what: string): string {
  return join(dirname(directory), `.${basename(directory)}.${what}`);
}

/** Ends an exchange that was cut short between its two renames: the new content where it is whole, else the old. */
export function finishExchanges(volumes: string): void {
  if (!existsSync(volumes)) return;
  const entries = readdirSync(volumes);
  for (const what of ["ready", "old"]) {
    for (const entry of entries.filter((name) => name.startsWith(".") && name.endsWith(`.${what}`))) {
      const target = join(volumes, entry.slice(1, -what.length - 1));
      if (!existsSync(target) && existsSync(join(volumes, entry))) renameSync(join(volumes, entry), target);
    }
  }
}
