import { randomBytes } from "node:crypto";
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { tarStream } from "@/lib/platform/archive";
import { signalProcess } from "@/lib/platform/exec/process-table";
import type { Mount } from "@/lib/platform/sandbox";
import { type ComponentRef, DriverError } from "../../contract";
import { endAll, load } from "../changes/change";
import { converge } from "../changes/converge";
import type { ComponentHandle } from "../component";
import { throwIfAborted } from "../errors";
import { refuseUnconfined } from "../isolation/unconfined";
import { withLock } from "../lock";
import type { Machine } from "../machine";
import { findMembers, killMembers } from "../processes/members";
import {
  arrange,
  copyAside,
  makeEmptyDirectory,
  packDirectory,
  removeDirectory,
  unpackInto,
} from "./component-tree";
import { beside } from "./exchange";

/** What a path of a component names: a volume, or a folder of its release by its place there. */
type Place = { volume: string; directory: string } | { volume: null; folder: string };

/** @throws DriverError (permanent) when it is neither a volume nor a folder's path */
function locate(component: ComponentHandle, path: string): Place {
  const wanted = path.replace(/^\/+|\/+$/g, "");
  const volume = component.spec.volumes.find((one) => one.name === path || one.path === wanted)?.name;
  const name = volume ?? (Object.hasOwn(component.volumes, path) ? path : null);
  if (name) return { volume: name, directory: join(component.paths.volumes, name) };
  const parts = wanted.split("/");
  if (wanted === "" || wanted.includes("\0") || parts.some((part) => ["", ".", ".."].includes(part))) {
    throw new DriverError("permanent", `"${path}" is neither a volume nor a folder of the component`);
  }
  return { volume: null, folder: wanted };
}

/** Where a place is read: what has to be seen for it, and its path there. */
function readable(component: ComponentHandle, place: Place): { mount: Mount; path: string; name: string } {
  if (place.volume !== null) {
    return { mount: { source: place.directory }, path: place.directory, name: place.volume };
  }
  const { releaseDir } = component;
  return { mount: { source: releaseDir }, path: join(releaseDir, place.folder), name: place.folder };
}

/**
 * A tar of a volume or folder. A runtime that can copy itself consistently does; anything else is paused while its
 * files are copied aside (a moment, no space where the file system shares blocks) and continues before the tar is read.
 */
export async function copyOut(
  machine: Machine,
  ref: ComponentRef,
  path: string,
  signal: AbortSignal,
): Promise<Readable> {
  const component = load(machine, ref);
  const place = locate(component, path);
  if (place.volume !== null && !existsSync(place.directory)) {
    throw new DriverError("permanent", `${ref.component} has no folder "${path}"`);
  }
  const input = component.launchInput("r0");
  const runs = (await component.runtime.isReady?.(input)) ?? true;
  const own = place.volume && runs ? component.runtime.copyOut?.(input, place.volume, signal) : null;
  return own ?? (await copyPaused(component, place, signal));
}

async function copyPaused(component: ComponentHandle, place: Place, signal: AbortSignal): Promise<Readable> {
  const { machine, ref, record } = component;
  const snapshot = join(component.paths.snapshots, randomBytes(8).toString("hex"));
  await withLock(machine.locks, ref, signal, async () => {
    await makeEmptyDirectory(component, snapshot);
    const members = findMembers(machine, ref, record.owner);
    for (const member of members) signalProcess(member, "SIGSTOP");
    try {
      await copyAside(component, readable(component, place), snapshot);
    } catch (error) {
      await removeDirectory(component, snapshot);
      throw error;
    } finally {
      for (const member of members) signalProcess(member, "SIGCONT");
    }
  });
  return tarStream(async (pack) => {
    try {
      await packDirectory(component, { mount: { source: snapshot }, path: snapshot }, pack, {
        signal,
        onDropped: (what) => component.log(`Skipped ${what}: not supported in copies`),
      });
    } finally {
      await removeDirectory(component, snapshot);
    }
  });
}

/**
 * Replaces the content of a volume or folder by a tar. Everything is unpacked beside it first: a damaged tar changes
 * nothing, and the component is only stopped for the exchange.
 */
export async function copyIn(
  machine: Machine,
  ref: ComponentRef,
  path: string,
  tar: Readable,
  signal: AbortSignal,
): Promise<void> {
  // Before anything is stopped: what runs is started again at the end.
  await refuseUnconfined(machine);
  await withLock(machine.locks, ref, signal, async () => {
    const component = load(machine, ref);
    const place = locate(component, path);
    const incoming = incomingFor(component, place);
    try {
      await makeEmptyDirectory(component, incoming);
      await unpackInto(component, incoming, tar, {
        onDropped: (what) => component.log(`Skipped ${what} in the copy: not supported`),
      });
      throwIfAborted(signal);
    } catch (error) {
      await removeDirectory(component, incoming);
      if (error instanceof DriverError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new DriverError("permanent", `Couldn’t unpack the copy of "${path}": ${reason}`, {
        cause: error,
      });
    }
    await exchange(component, place, incoming);
  });
}

/** Where a copy is unpacked: a place of Rostrum's own, which no process of the component sees. */
function incomingFor(component: ComponentHandle, place: Place): string {
  if (place.volume !== null) return beside(place.directory, "incoming");
  return join(component.paths.snapshots, "incoming");
}

async function exchange(component: ComponentHandle, place: Place, incoming: string): Promise<void> {
  const { machine, ref, record } = component;
  const restart = record.wanted === "running";
  await endAll(component);
  await killMembers(machine, ref, record.owner);
  component.runtime.beforeRestored?.(component.record);
  component.save();
  if (place.volume === null) await exchangeFolder(component, place.folder, incoming);
  else {
    const ready = beside(place.directory, "ready");
    const old = beside(place.directory, "old");
    await removeDirectory(component, old);
    renameSync(incoming, ready);
    if (existsSync(place.directory)) renameSync(place.directory, old);
    renameSync(ready, place.directory);
  }
  if (restart) await converge(component, { restarts: "none" });
  await removeDirectory(component, place.volume === null ? incoming : beside(place.directory, "old"));
}

/** A folder of the release, whose parents the component can replace: refused when one of them is a link. */
async function exchangeFolder(component: ComponentHandle, folder: string, incoming: string): Promise<void> {
  const { releaseDir } = component;
  const script = `path=
IFS=/; for part in $1; do
  path=\${path:+$path/}$part
  if [ -L "$path" ]; then echo "$path is a link, which is not followed" >&2; exit 1; fi
done
mkdir -p "$1" && find "$1" -mindepth 1 -maxdepth 1 -exec rm -rf -- {} + && cp -a "$2/." "$1/"`;
  const arrangement = { script, words: [folder, incoming], mounts: [{ source: incoming }] };
  await arrange(component, releaseDir, arrangement, `Restoring ${folder}`);
}
