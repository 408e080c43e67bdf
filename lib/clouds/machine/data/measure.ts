import { readFileSync, statSync } from "node:fs";
import { readdir, stat, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type ChildResult, runChild } from "@/lib/platform/exec/child";
import { bubblewrapCommand } from "@/lib/platform/sandbox/bubblewrap";
import { systemMounts } from "@/lib/platform/sandbox/system-mounts";
import type { ComponentHandle } from "../component";
import { confinementOf } from "../isolation/confinement";
import { ownDirectories } from "../layout";
import { writtenBytes } from "../processes/log-file";
import { findMembers, type Member } from "../processes/members";

/**
 * How much of the disk a component takes. A component decides who may read its folders and need not keep a name for what
 * it has open, so neither is relied on: the measuring program may read every folder of the component's user, and files
 * without a name are found at the processes that hold them.
 */

const measureMs = 60_000;
/** A user that owns nothing, for measuring where a component could end a program of its own user. */
const anybody = 65_533;
const capability = "dac_read_search";

export interface Stored {
  /** All that exists because of it, with the copies that Rostrum makes for backups and restores. */
  total: number;
  /** What it wrote itself, which its limit is about: of several releases the largest. */
  own: number;
}

/** Space a component takes on disk now; null when it cannot be measured. */
export async function measureStored(component: ComponentHandle): Promise<Stored | null> {
  const { paths, machine, ref, record } = component;
  // Where a file has names in several, the first one counts it: releases come last.
  const isRelease = (directory: string) => dirname(directory) === paths.releases;
  const all = ownDirectories(paths);
  const directories = [...all.filter((one) => !isRelease(one)), ...all.filter(isRelease)];
  const sizes = await measureDirectories(component, directories);
  if (sizes === null) return null;
  const log = statSync(paths.log, { throwIfNoEntry: false });
  const unnamed = await heldBytes(findMembers(machine, ref, record.owner));
  const beside = (log ? writtenBytes(log) : 0) + unnamed;
  const measured = directories.map((directory, index) => ({ directory, bytes: sizes[index] ?? 0 }));
  const sum = (list: typeof measured) => list.reduce((bytes, one) => bytes + one.bytes, 0);
  const isRostrums = (directory: string) =>
    dirname(directory) === paths.snapshots || basename(directory).startsWith(".");
  const kept = measured.filter(({ directory }) => !isRelease(directory) && !isRostrums(directory));
  const releases = measured.filter(({ directory }) => isRelease(directory)).map(({ bytes }) => bytes);
  return { total: sum(measured) + beside, own: sum(kept) + Math.max(0, ...releases) + beside };
}

/** Space that each of some directories takes, bytes; null when it could not be told of all. */
export async function measureDirectories(
  component: ComponentHandle,
  directories: readonly string[],
): Promise<number[] | null> {
  if (directories.length === 0) return [];
  const result = await runMeasure(component, directories);
  // Files that vanish in between make it complain and still print the sums.
  const sums = [...result.stdout.matchAll(/^(\d+)\s/gm)].map((match) => Number(match[1]) * 1_024);
  return sums.length === directories.length ? sums : null;
}

/** Runs du(1) with the right to read every folder of the component's user, and as far as possible no other one. */
async function runMeasure(component: ComponentHandle, directories: readonly string[]): Promise<ChildResult> {
  const { sandbox } = component.machine;
  const { owner } = component.record;
  const options = {
    cwd: "/",
    environment: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C", ROSTRUM_PROCESS: "files" },
    timeoutMs: measureMs,
    signal: component.signal,
  };
  const asOwner = { ...options, uid: owner?.uid, gid: owner?.gid };
  const words = ["/usr/bin/du", "-skx", "--", ...directories];
  if (sandbox.bwrap) {
    const mounts = directories.map((source) => ({ source }));
    const spec = confinementOf(component, { mounts, cwd: "/", network: "none" });
    const walls = bubblewrapCommand(sandbox.bwrap, { ...spec, diesWithParent: true }, systemMounts(), false);
    const able = [...walls.slice(0, -1), "--cap-add", `CAP_${capability.toUpperCase()}`, "--"];
    return await runChild([...able, ...words], asOwner);
  }
  if (sandbox.unshare) {
    // The capability is one over files of the mapped user alone.
    return await runChild([sandbox.unshare.unshare, "--user", "--map-root-user", "--", ...words], asOwner);
  }
  if (sandbox.setpriv && sandbox.isRoot) {
    const able = ["inh-caps", "ambient-caps", "bounding-set"].map((set) => `--${set}=-all,+${capability}`);
    const user = [`--reuid=${anybody}`, `--regid=${anybody}`, "--clear-groups", "--no-new-privs"];
    return await runChild([sandbox.setpriv, ...user, ...able, ...words], options);
  }
  return await runChild(words, asOwner);
}

/** tmpfs, ramfs and hugetlbfs: what lies there is memory, and counted as that. */
const inMemory = new Set([0x01021994, 0x858458f6, 0x958458f6]);

/** Space of files that have no name any more and are still open or mapped, bytes; each file once. */
export async function heldBytes(members: readonly Member[]): Promise<number> {
  const seen = new Map<string, number>();
  for (const { pid } of members) {
    for (const path of [...(await descriptorsOf(pid)), ...deletedMappingsOf(pid)]) {
      const file = await stat(path).catch(() => null);
      if (!file?.isFile() || file.nlink > 0 || seen.has(`${file.dev}:${file.ino}`)) continue;
      const type = (await statfs(path).catch(() => null))?.type ?? 0;
      seen.set(`${file.dev}:${file.ino}`, inMemory.has(type) ? 0 : writtenBytes(file));
    }
  }
  return [...seen.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** Every thread may have descriptors of its own. One that has ended in between has none. */
async function descriptorsOf(pid: number): Promise<string[]> {
  const tasks = `/proc/${pid}/task`;
  const found: string[] = [];
  for (const task of await readdir(tasks).catch(() => [])) {
    const directory = join(tasks, task, "fd");
    for (const name of await readdir(directory).catch(() => [])) found.push(join(directory, name));
  }
  return found;
}

function deletedMappingsOf(pid: number): string[] {
  try {
    const lines = readFileSync(`/proc/${pid}/maps`, "utf8").matchAll(
      /^([0-9a-f]+-[0-9a-f]+) .* \(deleted\)$/gm,
    );
    return [...lines].map(([, range]) => `/proc/${pid}/map_files/${range}`);
  } catch {
    // It has ended, or may not be looked at.
    return [];
  }
}

/** What living processes have caused to be written to disks since they began, bytes by process. */
export function writtenByProcess(members: readonly Member[]): Map<string, number> {
  return new Map(
    members.flatMap(({ pid, start }): [string, number][] => {
      const bytes = writtenOf(pid);
      return bytes === null ? [] : [[`${pid}.${start}`, bytes]];
    }),
  );
}

function writtenOf(pid: number): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/io`, "utf8");
    const value = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, "m").exec(text)?.[1] ?? 0);
    return Math.max(0, value("write_bytes") - value("cancelled_write_bytes"));
  } catch {
    // It has ended, or this kernel does not count.
    return null;
  }
}
