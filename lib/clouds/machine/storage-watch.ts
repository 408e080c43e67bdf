import { closeSync, existsSync, openSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "@/lib/kernel/errors";
import { bytesQuantity } from "@/lib/kernel/quantities";
import { isRunning } from "@/lib/platform/exec/process-table";
import { DriverError, refKey } from "../contract";
import { ComponentHandle } from "./component";
import { listComponentDirectories } from "./layout";
import { isHeld, lockName } from "./lock";
import { boundLog } from "./log-file";
import type { Machine } from "./machine";
import { isFileWork, killMembers } from "./members";
import { measureStorage } from "./metrics";
import { readRecord } from "./record";

/**
 * Storage limits. The kernel bounds single files (RLIMIT_FSIZE); the sum of what a component wrote is watched, because
 * quotas of a directory need a file system that was mounted for them. Whoever writes more than it may is ended, and before
 * the host's disk is full, whoever wrote most.
 */

const everyMs = 1_000;
/** Everything is measured this often; sooner, when the disk has filled by so much since the last time. */
const fullSweepMs = 60_000;
const growthBytes = 16 * 2 ** 20;
/** Free space of the host that no component gets: a fiftieth of the disk, at least half a GiB, at most ten. */
const reserve = { part: 50, leastBytes: 2 ** 29, mostBytes: 10 * 2 ** 30 };
/** Time between two sweeps, as a multiple of how long one took: measuring must not be the load. */
const restFactor = 5;

/** Watches until the answered function is called. One process of all that have the cloud open does the work. */
export function watchStorage(machine: Machine): () => void {
  const watch = new StorageWatch(machine);
  const timer = setInterval(() => void watch.tick(), everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    watch.resign();
  };
}

class StorageWatch {
  private office: string | null = null;
  private busy = false;
  private lastSweep = { atMs: 0, tookMs: 0, usedBytes: 0 };
  private readonly sizes = new Map<string, number>();

  constructor(private readonly machine: Machine) {}

  async tick(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      if (this.takeOffice()) await this.look();
    } catch (error) {
      this.machine.host.log("warn", `Storage could not be watched: ${messageOf(error)}`);
    } finally {
      this.busy = false;
    }
  }

  resign(): void {
    if (this.office) rmSync(this.office, { force: true });
    this.office = null;
  }

  /** Whether this process is the one that watches. */
  private takeOffice(): boolean {
    const { locks } = this.machine;
    if (!existsSync(locks)) return false;
    if (this.office && existsSync(this.office)) return true;
    const prefix = "storage~";
    if (isHeld(locks, prefix, null)) return false;
    const name = lockName(prefix);
    closeSync(openSync(join(locks, name), "wx", 0o600));
    if (isHeld(locks, prefix, name)) {
      rmSync(join(locks, name), { force: true });
      return false;
    }
    this.office = join(locks, name);
    return true;
  }

  private async look(): Promise<void> {
    const components = listRunning(this.machine);
    for (const { paths } of components) boundLog(paths.log);
    const disk = statfsSync(this.machine.root);
    const usedBytes = (disk.blocks - disk.bfree) * disk.bsize;
    const isLow = isShort(disk);
    const { atMs, tookMs, usedBytes: before } = this.lastSweep;
    const sinceMs = Date.now() - atMs;
    const isDue = sinceMs > fullSweepMs || usedBytes - before > growthBytes || isLow;
    if (!isDue || sinceMs < tookMs * restFactor) return;
    const begunMs = Date.now();
    await this.sweep(components, isLow);
    this.lastSweep = { atMs: Date.now(), tookMs: Date.now() - begunMs, usedBytes };
  }

  private async sweep(components: ComponentHandle[], isLow: boolean): Promise<void> {
    const growth: { component: ComponentHandle; bytes: number }[] = [];
    for (const component of components) {
      const limit = component.record.desired.size.storageBytes;
      if (limit <= 0 && !isLow) continue;
      const key = refKey(component.ref);
      const bytes = await measureStorage(component);
      if (bytes === null) continue;
      growth.push({ component, bytes: bytes - (this.sizes.get(key) ?? 0) });
      this.sizes.set(key, bytes);
      if (limit > 0 && bytes > limit) {
        await this.end(
          component,
          `It used ${bytesQuantity(bytes)} of the ${bytesQuantity(limit)} of storage it may`,
        );
      }
    }
    if (!isLow || !isShort(statfsSync(this.machine.root))) return;
    const [most] = growth.sort((left, right) => right.bytes - left.bytes);
    if (most && most.bytes > 0) {
      await this.end(
        most.component,
        "The disk of this machine is nearly full, and it was the one that wrote most",
      );
    }
  }

  private async end(component: ComponentHandle, why: string): Promise<void> {
    const { machine, ref, record, paths } = component;
    writeFileSync(markerOf(component), `${why}, so it was ended.`, { mode: 0o600 });
    machine.host.log("warn", `${ref.environmentName}/${ref.component}: ${why}; it is ended`);
    if (existsSync(paths.logs)) component.log(`${why}; it is ended`);
    // Whoever removes or copies its files meanwhile goes on.
    await killMembers(machine, ref, record.owner, (member) => isFileWork(machine, member));
  }
}

function isShort(disk: {
  blocks: number;
  bavail: number;
  bsize: number;
  files: number;
  ffree: number;
}): boolean {
  const total = disk.blocks * disk.bsize;
  const kept = Math.min(reserve.mostBytes, Math.max(reserve.leastBytes, total / reserve.part));
  const isOutOfFiles = disk.files > 0 && disk.ffree < disk.files / (reserve.part * 2);
  return disk.bavail * disk.bsize < kept || isOutOfFiles;
}

/** Components of which something runs. */
function listRunning(machine: Machine): ComponentHandle[] {
  return listComponentDirectories(machine.root).flatMap(({ environmentId, component }) => {
    const record = readIfWhole(join(machine.root, environmentId, component, "component.json"));
    if (!record?.processes.some(isRunning)) return [];
    return [new ComponentHandle(machine, record.ref, record)];
  });
}

function readIfWhole(path: string) {
  try {
    return readRecord(path);
  } catch (error) {
    // A damaged one is told of by whoever acts on it.
    if (error instanceof DriverError) return null;
    throw error;
  }
}

function markerOf({ paths }: ComponentHandle): string {
  return join(paths.root, "storage-exceeded");
}

/** Why a component was ended for what it stored; null when it was not. */
export function storageFailure(component: ComponentHandle): string | null {
  try {
    return readFileSync(markerOf(component), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Before a start of one that was ended for its storage. @throws DriverError (permanent) while it still has too much */
export async function requireStorage(component: ComponentHandle): Promise<void> {
  if (storageFailure(component) === null) return;
  const limit = component.record.desired.size.storageBytes;
  const bytes = await measureStorage(component);
  if (bytes !== null && limit > 0 && bytes > limit) {
    throw new DriverError(
      "permanent",
      `${component.ref.component} stores ${bytesQuantity(bytes)}, more than the ${bytesQuantity(limit)} it may`,
      { hint: "Choose a larger size, or restore a backup from before." },
    );
  }
  rmSync(markerOf(component), { force: true });
}
