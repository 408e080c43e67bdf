import { lstatSync } from "node:fs";
import { join } from "node:path";
import { findPostgresBinaries } from "@/lib/platform/db/postgres-binaries";
import { ensureReachableTree } from "@/lib/platform/exec/reachable";
import type { Owner } from "../files";
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
const essential = ["PG_VERSION", "global/pg_control", "global", "base", "pg_wal"];

/** Whether a cluster's directory is gone or lacks what no server starts without. Only their existence is asked; nothing is read or changed. */
export function isClusterDamaged(directory: string): boolean {
  const isThere = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  return !isThere(directory) || essential.some((name) => !isThere(join(directory, name)));
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
