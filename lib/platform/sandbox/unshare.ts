import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { SystemLink } from "./system-mounts";
import type { Identity, Mount, SandboxSpec } from "./types";

/** util-linux's programs that stand in for bubblewrap; see unshare(1), mount(8), pivot_root(8), setpriv(1). */
export interface UnshareTools {
  unshare: string;
  setpriv: string;
  mount: string;
  umount: string;
  pivotRoot: string;
  /** An empty directory that every identity can reach: the new root is built on it, in the new mount namespace only. */
  staging: string;
}

const devices = ["null", "zero", "full", "random", "urandom", "tty"];

/**
 * The words that confine what follows them with util-linux alone, in the same way bubblewrap does: a user namespace in
 * which the program's user may mount, a new root of bind mounts, and a second user namespace without any capability.
 */
export function unshareCommand(
  tools: UnshareTools,
  spec: SandboxSpec,
  system: { mounts: readonly Mount[]; links: readonly SystemLink[] },
  own: Identity,
): string[] {
  const words = [
    tools.unshare,
    "--user",
    "--map-root-user",
    "--mount",
    "--pid",
    "--ipc",
    "--uts",
    "--cgroup",
  ];
  if (spec.network === "none") words.push("--net");
  words.push("--fork", "--kill-child", "--propagation", "private", "/bin/sh", "-c");
  return [...words, setupScript(tools, spec, system, spec.identity ?? own), "setup"];
}

/** Process 1 of the new namespaces: builds the root in one go (each program costs milliseconds) and becomes the program. */
function setupScript(
  tools: UnshareTools,
  spec: SandboxSpec,
  system: { mounts: readonly Mount[]; links: readonly SystemLink[] },
  identity: Identity,
): string {
  const mount = quote(tools.mount);
  const root = tools.staging;
  const flags = mountFlags();
  const programs = system.mounts.map((one) => bindEntry(root, one, flags));
  const own = spec.mounts.map((one) => bindEntry(root, one, flags));
  const hidden = spec.hidden.map((path) => memoryEntry(root, path, 2 ** 20, "0755"));
  const first = [...programs, ...baseEntries(root, spec)];
  const lines = [
    "set -e",
    `${mount} -t tmpfs -o mode=0755,size=4m,nosuid,nodev none ${quote(root)}`,
    `cd ${quote(root)}`,
    ...makePlaces(first),
    ...system.links.map(({ path, to }) => `ln -s ${quote(to)} ${quote(`.${path}`)}`),
    ...mountAll(mount, first),
    ...devices.map((name) => `: > dev/${name}`),
    "ln -s /proc/self/fd dev/fd",
    "for n in 0:stdin 1:stdout 2:stderr; do ln -s /proc/self/fd/${n%:*} dev/${n#*:}; done",
    "mkdir dev/shm .outside",
    ...makePlaces(hidden),
    ...mountAll(mount, [...deviceEntries(root, spec), ...hidden]),
    ...makePlaces(own),
    ...mountAll(mount, own),
    ...spec.hidden.map((path) => `${mount} -o remount,bind,ro,nosuid,nodev ${quote(`.${path}`)}`),
    `${quote(tools.pivotRoot)} . .outside`,
    `${quote(tools.umount)} -l /.outside`,
    "rmdir /.outside",
    `${mount} -o remount,bind,ro,nosuid /dev`,
    `${mount} -o remount,bind,ro,nosuid,nodev /`,
    // Its name is a courtesy; not every system has the program that sets it.
    `hostname ${quote(spec.hostname)} 2>/dev/null || :`,
    // The one that follows is the last.
    "echo 1 > /proc/sys/user/max_user_namespaces",
    `cd ${quote(spec.cwd)}`,
    `exec ${quote(tools.unshare)} --user --map-user=${identity.uid} --map-group=${identity.gid} --keep-caps -- ` +
      `${quote(tools.setpriv)} --no-new-privs --bounding-set=-all --inh-caps=-all --ambient-caps=-all "$@"`,
  ];
  return lines.join("\n");
}

/** A line of a table of mounts, fstab(5), and whether its place is a directory or a file. */
interface Entry {
  place: string;
  line: string;
  isDirectory: boolean;
}

function entry(
  root: string,
  target: string,
  source: string,
  type: string,
  options: string[],
  isDirectory = true,
): Entry {
  const place = `${root}${target}`;
  return {
    place,
    line: [source, place].map(escapeOctal).concat(type, options.join(","), "0 0").join(" "),
    isDirectory,
  };
}

function memoryEntry(root: string, target: string, bytes: number, mode: string): Entry {
  return entry(root, target, "none", "tmpfs", [`size=${bytes}`, "nosuid", "nodev", `mode=${mode}`]);
}

function baseEntries(root: string, spec: SandboxSpec): Entry[] {
  return [
    entry(root, "/proc", "proc", "proc", ["nosuid", "nodev", "noexec"]),
    entry(root, "/dev", "none", "tmpfs", ["size=65536", "nosuid", "mode=0755"]),
    memoryEntry(root, "/tmp", spec.temporaryBytes, "1777"),
    memoryEntry(root, "/var/tmp", spec.temporaryBytes, "1777"),
  ];
}

function deviceEntries(root: string, spec: SandboxSpec): Entry[] {
  return [
    ...devices.map((name) => entry(root, `/dev/${name}`, `/dev/${name}`, "none", ["bind"], false)),
    memoryEntry(root, "/dev/shm", spec.sharedMemoryBytes, "1777"),
  ];
}

function bindEntry(
  root: string,
  { source, target = source, writable = false }: Mount,
  flags: (path: string) => string[],
): Entry {
  const wanted = new Set([...flags(source), "nosuid", "nodev", ...(writable ? [] : ["ro"])]);
  return entry(root, target, source, "none", ["rbind", ...wanted], statSync(source).isDirectory());
}

function makePlaces(entries: readonly Entry[]): string[] {
  if (entries.length === 0) return [];
  const directories = new Set(
    entries.map(({ place, isDirectory }) => (isDirectory ? place : dirname(place))),
  );
  const files = entries.filter(({ isDirectory }) => !isDirectory);
  return [
    `mkdir -p ${[...directories].map(quote).join(" ")}`,
    ...files.map(({ place }) => `[ -e ${quote(place)} ] || : > ${quote(place)}`),
  ];
}

/** All of a table by one process. */
function mountAll(mount: string, entries: readonly Entry[]): string[] {
  if (entries.length === 0) return [];
  const table = entries.map(({ line }) => quote(line)).join(" ");
  return [`printf '%s\\n' ${table} > .table`, `${mount} --all --fstab .table`, "rm .table"];
}

const lockedFlags = ["ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime", "relatime"];

/** Flags of the mount a path lies on: a user namespace may add to them, and must not leave one out. */
function mountFlags(): (path: string) => string[] {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .map((fields) => ({ point: unescapeOctal(fields[4] ?? ""), options: (fields[5] ?? "").split(",") }));
  return (path) => {
    const over = mounts.filter(
      ({ point }) => point === "/" || path === point || path.startsWith(`${point}/`),
    );
    const nearest = over.reduce<(typeof over)[number] | null>(
      (best, one) => (best === null || one.point.length >= best.point.length ? one : best),
      null,
    );
    return (nearest?.options ?? []).filter((option) => lockedFlags.includes(option));
  };
}

function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}

/** A field of fstab(5). */
function escapeOctal(text: string): string {
  return text.replaceAll(/[\s\\]/g, (found) => `\\${found.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

/** A word of a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
