import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ArchiveError, archiveFormat, tarBytes, unpackTar, unpackZip } from "@/lib/platform/archive";
import { DriverError } from "../contract";

/** What a source may hold, however it comes. */
export const sourceLimits = { maxBytes: 1024 * 1024 * 1024, maxEntries: 50_000, allowLinks: false };

/** Unpacks an uploaded .tar.gz, .tar or .zip, told by its bytes; a single folder around everything is taken off. */
export async function unpackUpload(directory: string, content: Uint8Array): Promise<void> {
  try {
    if (archiveFormat(content) === "zip") unpackZip(content, directory, sourceLimits);
    else await unpackTar(tarBytes(content), directory, sourceLimits);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (code === "ENOSPC" || code === "EDQUOT") throw error;
    const message = error instanceof ArchiveError ? error.message : "The uploaded archive is damaged";
    throw new DriverError("permanent", message, { cause: error, hint: "Upload a .tar.gz or .zip file." });
  }
  takeOffSingleFolder(directory);
}

function takeOffSingleFolder(directory: string): void {
  const entries = readdirSync(directory, { withFileTypes: true });
  const [only] = entries;
  if (entries.length !== 1 || !only?.isDirectory()) return;
  const aside = join(directory, `.single-${process.pid}`);
  renameSync(join(directory, only.name), aside);
  for (const name of readdirSync(aside)) renameSync(join(aside, name), join(directory, name));
  rmSync(aside, { recursive: true });
}

/** An empty directory that only Rostrum can enter. */
export function makeEmpty(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
}
