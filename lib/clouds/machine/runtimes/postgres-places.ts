import { lstatSync } from "node:fs";
import { join } from "node:path";
import { findPostgresBinaries } from "@/lib/platform/db/postgres-binaries";
import { ensureReachableTree } from "@/lib/platform/exec/reachable";
import type { Owner } from "../data/files";
import type { LaunchInput } from "./runtime";

/** Directory of the volume that holds the cluster. */
export function volumeOf(input: LaunchInput): string {
  return input.volumes.data ?? join(input.paths.volumes, "data");
}

/** Folder of the cluster in its volume. */
export const clusterFolder = "pgdata";

/** The cluster itself. */
export function dataOf(input: LaunchInput): string {
  return join(volumeOf(input), clusterFolder);
}

/** What no server starts without; see "Database File Layout" in the PostgreSQL manual. */
const essentialFolders = ["global", "base", "pg_wal"];
const essentialFiles = ["PG_VERSION", "global/pg_control"];

/**
 * Whether a cluster's directory is gone or lacks what no server starts without. Nothing is read, and no link is followed:
 * folders are judged before what is looked for in them.
 */
export function isClusterDamaged(directory: string): boolean {
  const seen = (path: string) => lstatSync(path, { throwIfNoEntry: false });
  const isFolder = (path: string) => seen(path)?.isDirectory() ?? false;
  if (!isFolder(directory) || essentialFolders.some((name) => !isFolder(join(directory, name)))) return true;
  return essentialFiles.some((name) => !seen(join(directory, name))?.isFile());
}

/** One of the server's programs, and what a sandbox has to show of it. */
export function serverProgram(input: LaunchInput, name: string) {
  const directory = binaries(input.machine.host.runtimeDir, input.owner);
  return { program: join(directory, "bin", name), mounts: [{ source: directory }] };
}

function binaries(runtimeDir: string, owner: Owner | null): string {
  const native = findPostgresBinaries(process.cwd());
  return owner ? ensureReachableTree(native, { ...owner, directory: runtimeDir }, "bin/postgres") : native;
}
