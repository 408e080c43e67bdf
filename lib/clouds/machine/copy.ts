import { randomBytes } from "node:crypto";
import { constants, existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import type { Readable } from "node:stream";
import { packTree, tarStream, unpackTar } from "@/lib/platform/archive";
import { signalProcess } from "@/lib/platform/exec/process-table";
import { type ComponentRef, DriverError } from "../contract";
import { endAll, load } from "./change";
import type { ComponentHandle } from "./component";
import { converge } from "./converge";
import { throwIfAborted } from "./errors";
import { beside } from "./exchange";
import { giveTo, removeTree } from "./files";
import { withLock } from "./lock";
import type { Machine } from "./machine";
import { findMembers, killMembers } from "./members";

const unpackLimits = {
  maxBytes: Number.MAX_SAFE_INTEGER,
  maxEntries: Number.MAX_SAFE_INTEGER,
  allowLinks: true,
};

/** The directory a path of a component names: a volume by its name or its place, else one of its own files. */
function locate(component: ComponentHandle, path: string): { directory: string; volume: string | null } {
  const wanted = path.replace(/^\/+|\/+$/g, "");
  const volume = component.spec.volumes.find((one) => one.name === path || one.path === wanted)?.name;
  const name = volume ?? (Object.hasOwn(component.volumes, path) ? path : null);
  if (name) return { directory: join(component.paths.volumes, name), volume: name };
  const directory = resolve(component.releaseDir, wanted);
  if (wanted === "" || !directory.startsWith(component.releaseDir + sep)) {
    throw new DriverError("permanent", `"${path}" is neither a volume nor a folder of the component`);
  }
  return { directory, volume: null };
}

/**
 * A tar of a volume or folder. A runtime that can copy itself consistently does; anything else is paused while its
 * files are copied aside (a moment, no space where the file system shares blocks) and goes on before the tar is read.
 */
export async function copyOut(
  machine: Machine,
  ref: ComponentRef,
  path: string,
  signal: AbortSignal,
): Promise<Readable> {
  const component = load(machine, ref);
  const { directory, volume } = locate(component, path);
  if (!existsSync(directory) || !statSync(directory).isDirectory()) {
    throw new DriverError("permanent", `${ref.component} has no folder "${path}"`);
  }
  const input = component.launchInput("r0");
  const runs = (await component.runtime.isReady?.(input)) ?? true;
  const own = volume && runs ? component.runtime.copyOut?.(input, volume, signal) : null;
  return own ?? (await copyPaused(component, directory, signal));
}

async function copyPaused(
  component: ComponentHandle,
  directory: string,
  signal: AbortSignal,
): Promise<Readable> {
  const { machine, ref, record } = component;
  const snapshot = join(component.paths.root, `snapshot-${randomBytes(4).toString("hex")}`);
  await withLock(machine.locks, ref, signal, async () => {
    const members = findMembers(machine, ref, record.owner);
    for (const member of members) signalProcess(member, "SIGSTOP");
    try {
      await cp(directory, snapshot, {
        recursive: true,
        mode: constants.COPYFILE_FICLONE,
        verbatimSymlinks: true,
        preserveTimestamps: true,
        filter: async (file) => isCopied(file),
      });
    } catch (error) {
      await removeTree(snapshot);
      throw error;
    } finally {
      for (const member of members) signalProcess(member, "SIGCONT");
    }
  });
  return tarStream(async (pack) => {
    try {
      await packTree(pack, snapshot, () => false, signal);
    } finally {
      await removeTree(snapshot);
    }
  });
}

function isCopied(file: string): boolean {
  const facts = statSync(file, { throwIfNoEntry: false });
  return facts === undefined || facts.isDirectory() || facts.isFile();
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
  await withLock(machine.locks, ref, signal, async () => {
    const component = load(machine, ref);
    const { directory } = locate(component, path);
    const incoming = beside(directory, "incoming");
    await removeTree(incoming);
    mkdirSync(incoming, { recursive: true, mode: 0o700 });
    try {
      await unpackTar(tar, incoming, unpackLimits);
      throwIfAborted(signal);
      giveTo(incoming, component.record.owner);
    } catch (error) {
      await removeTree(incoming);
      if (error instanceof DriverError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new DriverError("permanent", `The copy of "${path}" could not be unpacked: ${reason}`, {
        cause: error,
      });
    }
    await exchange(component, directory, incoming);
  });
}

async function exchange(component: ComponentHandle, directory: string, incoming: string): Promise<void> {
  const { machine, ref, record } = component;
  const restart = record.wanted === "running";
  await endAll(component);
  await killMembers(machine, ref, record.owner);
  const ready = beside(directory, "ready");
  const old = beside(directory, "old");
  await removeTree(old);
  renameSync(incoming, ready);
  if (existsSync(directory)) renameSync(directory, old);
  renameSync(ready, directory);
  if (restart) await converge(component, true);
  await removeTree(old);
}
