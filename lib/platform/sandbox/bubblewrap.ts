import { filterFd } from "./start-scripts";
import type { SystemLink } from "./system-mounts";
import type { Mount, SandboxSpec } from "./types";

/** The words that make bubblewrap (0.8 or newer) confine what follows them. See bwrap(1). */
export function bubblewrapCommand(
  program: string,
  spec: SandboxSpec,
  system: { mounts: readonly Mount[]; links: readonly SystemLink[] },
  seccomp: boolean,
): string[] {
  const words = [program, "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts"];
  words.push("--unshare-cgroup-try", "--disable-userns", "--new-session", "--as-pid-1", "--cap-drop", "ALL");
  if (spec.network === "none") words.push("--unshare-net");
  if (spec.diesWithParent) words.push("--die-with-parent");
  words.push("--hostname", spec.hostname);
  for (const mount of system.mounts) words.push(...bind(mount));
  for (const { path, to } of system.links) words.push("--symlink", to, path);
  words.push("--proc", "/proc", "--dev", "/dev");
  words.push(...memoryFiles("/dev/shm", spec.sharedMemoryBytes), "--remount-ro", "/dev");
  for (const path of ["/tmp", "/var/tmp"]) words.push(...memoryFiles(path, spec.temporaryBytes));
  for (const path of spec.hidden) words.push("--tmpfs", path);
  for (const mount of spec.mounts) words.push(...bind(mount));
  for (const path of ["/", ...spec.hidden]) words.push("--remount-ro", path);
  words.push("--chdir", spec.cwd);
  if (seccomp) words.push("--seccomp", String(filterFd));
  return [...words, "--"];
}

function bind({ source, target = source, writable = false }: Mount): string[] {
  return [writable ? "--bind" : "--ro-bind", source, target];
}

function memoryFiles(path: string, bytes: number): string[] {
  return ["--size", String(bytes), "--perms", "1777", "--tmpfs", path];
}
