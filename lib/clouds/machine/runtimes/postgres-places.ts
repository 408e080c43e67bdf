import { join } from "node:path";
import { findPostgresBinaries } from "@/lib/platform/db/postgres-binaries";
import { ensureReachableTree } from "@/lib/platform/exec/reachable";
import type { Owner } from "../files";
import type { LaunchInput } from "./runtime";

/** Directory of the volume that holds the cluster. */
export function volumeOf(input: LaunchInput): string {
  return input.volumes.data ?? join(input.paths.volumes, "data");
}

/** The cluster itself. */
export function dataOf(input: LaunchInput): string {
  return join(volumeOf(input), "pgdata");
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
