import { closeSync, existsSync, openSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "@/lib/kernel/errors";
import { formatBytes } from "@/lib/kernel/format";
import { allSettled } from "@/lib/kernel/promises";
import { isRunning, listProcesses } from "@/lib/platform/exec/process-table";
import { DriverError, refKey } from "../contract";
import { ComponentHandle } from "./component";
import { type Growth, increase, isShort, type Written, whoFilled } from "./disk-filling";
import { listComponentDirectories } from "./layout";
import { isHeld, isLocked, lockName } from "./lock";
import { boundLog } from "./log-file";
import { groupName, type Machine } from "./machine";
import { measureStored, writtenByProcess } from "./measure";
import { findMembers, isFileWork, killMembers, type Member } from "./members";
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
/** … and this often while a component is changed: what others free of the disk meanwhile must not hide what it takes. */
const changeSweepMs = 5_000;
/** Time between two sweeps, and between two looks at one writer, as a multiple of how long one took: measuring must not be the load. */
const restFactor = 5;
/** Writers that are measured at the same time. */
const atOnce = 3;

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
  private lastUsedBytes = 0;
  private readonly measured = new Map<string, Measured>();
  private readonly sizes = new Map<string, number>();
  private readonly written = new Map<string, Written>();

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
    const components = listActive(this.machine);
    for (const { paths } of components) boundLog(paths.log);
    const disk = statfsSync(this.machine.root);
    const usedBytes = (disk.blocks - disk.bfree) * disk.bsize;
    const isLow = isShort(disk);
    const { atMs, tookMs, usedBytes: before } = this.lastSweep;
    const sinceMs = Date.now() - atMs;
    const isChanging = components.some(({ machine, ref }) => isLocked(machine.locks, ref));
    const longestMs = isChanging ? changeSweepMs : fullSweepMs;
    const isDue = sinceMs > longestMs || usedBytes - before > growthBytes || isLow;
    const isResting = !isDue || sinceMs < tookMs * restFactor;
    if (isResting && usedBytes - this.lastUsedBytes <= growthBytes) return;
    this.lastUsedBytes = usedBytes;
    if (isResting) return await this.endWriters(components);
    const begunMs = Date.now();
    await this.sweep(components, isLow, atMs === 0 ? 0 : usedBytes - before);
    this.lastSweep = { atMs: Date.now(), tookMs: Date.now() - begunMs, usedBytes };
  }

  /**
   * Between two sweeps: measures whoever may be beyond its limit by what the kernel counts of its writing, so that one that
   * fills the disk is not reached after all others.
   */
  private async endWriters(components: ComponentHandle[]): Promise<void> {
    const suspects = components.flatMap((component) => {
      const limit = component.record.desired.size.storageBytes;
      const { sizeBytes, written, restUntilMs } = this.measured.get(refKey(component.ref)) ?? unmeasured;
      const mayHave = sizeBytes + increase(written, writtenOf(component));
      return limit > 0 && mayHave > limit && Date.now() > restUntilMs ? [{ component, mayHave }] : [];
    });
    suspects.sort((one, other) => other.mayHave - one.mayHave);
    await allSettled(suspects.slice(0, atOnce).map(({ component }) => this.endIfBeyond(component)));
  }

  private async sweep(components: ComponentHandle[], isLow: boolean, lostBytes: number): Promise<void> {
    const growths: Growth<ComponentHandle>[] = [];
    for (const component of components) {
      const limit = component.record.desired.size.storageBytes;
      const growth = { of: component, storedBytes: 0, writtenBytes: this.writtenSince(component) };
      growths.push(growth);
      if (limit <= 0 && !isLow) continue;
      const bytes = await this.endIfBeyond(component);
      if (bytes === null) continue;
      const key = refKey(component.ref);
      // What was there when this watch began, nobody has written just now.
      growth.storedBytes = bytes - (this.sizes.get(key) ?? bytes);
      this.sizes.set(key, bytes);
    }
    this.forgetAllBut(new Set(components.map(({ ref }) => refKey(ref))));
    if (!isLow || !isShort(statfsSync(this.machine.root))) return;
    const most = whoFilled(lostBytes, growths);
    if (most) await this.end(most, "the host's disk is nearly full and it wrote most");
    else if (lostBytes > 0) {
      this.machine.host.log("warn", "The host's disk is nearly full, and no component has filled it");
    }
  }

  private forgetAllBut(keys: ReadonlySet<string>): void {
    for (const known of [this.measured, this.sizes, this.written]) {
      for (const key of known.keys()) if (!keys.has(key)) known.delete(key);
    }
  }

  /** Measures a component and ends it beyond its limit. Answers what it stores, bytes; null when that cannot be told. */
  private async endIfBeyond(component: ComponentHandle): Promise<number | null> {
    const limit = component.record.desired.size.storageBytes;
    const begunMs = Date.now();
    const written = writtenOf(component);
    const bytes = (await measureStored(component))?.own ?? null;
    if (bytes === null) return null;
    const restUntilMs = Date.now() + (Date.now() - begunMs) * restFactor;
    this.measured.set(refKey(component.ref), { sizeBytes: bytes, written, restUntilMs });
    if (limit > 0 && bytes > limit) await this.end(component, exceeded(bytes, limit));
    return bytes;
  }

  /** What its processes wrote to disks since the last sweep, bytes: also what is stored where nobody sees it. */
  private writtenSince(component: ComponentHandle): number {
    const key = refKey(component.ref);
    const now = writtenOf(component);
    const before = this.written.get(key);
    this.written.set(key, now);
    return before ? increase(before, now) : 0;
  }

  private async end(component: ComponentHandle, why: string): Promise<void> {
    const { machine, ref, record, paths } = component;
    // Whoever removes or copies its files meanwhile goes on.
    const isSpared = (member: Member) => isFileWork(machine, member);
    const runs = findMembers(machine, ref, record.owner).some((member) => !isSpared(member));
    const isChanging =
      record.intent !== null && isLocked(machine.locks, ref) && storageFailure(component) === null;
    // One that was ended before, and whose files are still there, is not ended again.
    if (!runs && !isChanging) return;
    const message = `${ref.component} stopped: ${why}`;
    writeFileSync(markerOf(component), message, { mode: 0o600 });
    machine.host.log("warn", `${ref.environmentName}: ${message}`);
    if (existsSync(paths.logs)) component.log(message);
    await killMembers(machine, ref, record.owner, isSpared);
  }
}

/** What was found of a component when it was last measured. */
interface Measured {
  sizeBytes: number;
  written: Written;
  /** Not measured again before, unless with all others. */
  restUntilMs: number;
}

const unmeasured: Measured = { sizeBytes: 0, written: new Map(), restUntilMs: 0 };

const writtenOf = ({ machine, ref, record }: ComponentHandle): Written =>
  writtenByProcess(findMembers(machine, ref, record.owner));

function exceeded(bytes: number, limit: number): string {
  return `storage limit exceeded (${formatBytes(bytes)} of ${formatBytes(limit)})`;
}

/**
 * Components of which something runs or may run: recorded processes, but also what a change under way prepares, and
 * whatever is left of one that is said to have ended.
 */
function listActive(machine: Machine): ComponentHandle[] {
  let users: Set<number> | undefined;
  const hasUser = (uid: number) => {
    users ??= new Set(listProcesses().map((info) => info.uid));
    return users.has(uid);
  };
  return listComponentDirectories(machine.root).flatMap(({ environmentId, component }) => {
    const record = readIfWhole(join(machine.root, environmentId, component, "component.json"));
    if (!record) return [];
    const isActive =
      record.processes.some(isRunning) ||
      isLocked(machine.locks, record.ref) ||
      (machine.groups?.members(groupName(machine, record.ref)).length ?? 0) > 0 ||
      (record.owner !== null && hasUser(record.owner.uid));
    return isActive ? [new ComponentHandle(machine, record.ref, record)] : [];
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

const hint = "Choose a larger size, or restore a backup from before.";

/** While something of it was under way. @throws DriverError (permanent) when the component was ended for its storage */
export function throwIfStorageEnded(component: ComponentHandle): void {
  const why = storageFailure(component);
  if (why !== null) throw new DriverError("permanent", why, { hint });
}

/** Before a start of one that was ended for its storage. @throws DriverError (permanent) while it still has too much */
export async function requireStorage(component: ComponentHandle): Promise<void> {
  if (storageFailure(component) === null) return;
  const limit = component.record.desired.size.storageBytes;
  const bytes = (await measureStored(component))?.own ?? null;
  if (bytes !== null && limit > 0 && bytes > limit) {
    throw new DriverError("permanent", `${component.ref.component}: ${exceeded(bytes, limit)}`, { hint });
  }
  rmSync(markerOf(component), { force: true });
}
