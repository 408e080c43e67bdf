import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Config } from "../config";

/** What someone needs of the last element of a path. */
export type Access = "read" | "execute" | "traverse";

/**
 * Whether a process of `uid`/`gid` (without other groups) gets to `path`: it may pass every directory
 * above it and, as far as the path exists, read it, execute it or enter it. Only permission bits are looked at.
 */
export function reachableBy(uid: number, gid: number, path: string, access: Access = "read"): boolean {
  if (uid === 0) return true;
  const full = resolve(path);
  const bit = access === "read" ? 4 : 1;
  const parents: string[] = [];
  for (let at = dirname(full); ; at = dirname(at)) {
    parents.push(at);
    if (at === dirname(at)) break;
  }
  const passable = parents.every((directory) => allows(directory, uid, gid, 1));
  return passable && allows(full, uid, gid, bit);
}

function allows(path: string, uid: number, gid: number, bit: number): boolean {
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (error) {
    // What does not exist yet will be created, and then made passable by its creator.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    return false;
  }
  const shift = stats.uid === uid ? 6 : stats.gid === gid ? 3 : 0;
  return ((stats.mode >> shift) & bit) === bit;
}

/** A short stable name for a path, for directories outside it that belong to it. */
export function pathHash(path: string): string {
  return createHash("sha256").update(resolve(path)).digest("hex").slice(0, 12);
}

/** A uid that owns nothing on the machine, standing for "any unprivileged user". */
const anybody = 65_533;

/**
 * Where copies of programs and directories of unprivileged processes live: `runtime` in the data directory, or,
 * where Rostrum is root and others cannot enter the data directory (a clone under /root), a directory under
 * /var/lib/rostrum named after the data directory. It is created and can be entered by everyone.
 */
export function runtimeDir(config: Pick<Config, "dataDir" | "runtimeDir">): string {
  const isRoot = process.getuid?.() === 0;
  const inData = join(config.dataDir, "runtime");
  const outside = join("/var/lib/rostrum", pathHash(config.dataDir));
  const reachable = !isRoot || reachableBy(anybody, anybody, config.dataDir, "traverse");
  const directory = config.runtimeDir ?? (reachable ? inData : outside);
  makePassable(directory);
  return directory;
}

/** Creates a directory and lets everyone pass (not list) it and the ones that had to be created above it. */
export function makePassable(directory: string): void {
  const missing: string[] = [];
  for (let at = resolve(directory); !existsSync(at); at = dirname(at)) missing.push(at);
  mkdirSync(directory, { recursive: true });
  // Explicitly, because the umask of Rostrum's processes keeps everybody else out.
  for (const created of missing) chmodSync(created, 0o711);
}

export interface ReachableTarget {
  uid: number;
  gid: number;
  /** Where a copy may be put, as a rule `runtimeDir(config)`. */
  directory: string;
}

/**
 * A path of the program `source` that the given user can execute: itself, or a copy that is made once
 * per version (size and modification time) of the original.
 */
export function ensureReachableBinary(source: string, target: ReachableTarget): string {
  if (reachableBy(target.uid, target.gid, source, "execute")) return source;
  const name = basename(source);
  return join(copyOnce(source, target, name), name);
}

/** The same for a whole directory, which everyone may read afterwards; answers the directory to use. */
export function ensureReachableTree(source: string, target: ReachableTarget, probe: string): string {
  if (reachableBy(target.uid, target.gid, join(source, probe), "execute")) return source;
  return copyOnce(source, target);
}

/** Copies to a draft and renames it, so that a copy is either absent or whole, also when a process is killed. */
function copyOnce(source: string, target: ReachableTarget, asFile?: string): string {
  const stats = statSync(source);
  const version = pathHash(`${source}:${stats.size}:${Math.round(stats.mtimeMs)}`);
  const final = join(target.directory, "bin", `${basename(source)}-${version}`);
  if (existsSync(final)) return final;
  makePassable(dirname(final));
  const draft = `${final}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  cpSync(source, asFile ? join(draft, asFile) : draft, { recursive: true, verbatimSymlinks: true });
  openToAll(draft);
  try {
    renameSync(draft, final);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(final)) throw error;
  }
  return final;
}

/** Read and pass for everyone, whatever the umask of the original's owner was. */
function openToAll(path: string): void {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return;
  const executable = stats.isDirectory() || (stats.mode & 0o111) !== 0;
  chmodSync(path, executable ? 0o755 : 0o644);
  if (!stats.isDirectory()) return;
  for (const entry of readdirSync(path)) openToAll(join(path, entry));
}
