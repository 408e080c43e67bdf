import { closeSync, existsSync, openSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "@/lib/kernel/errors";
import { isRunning, listProcesses } from "@/lib/platform/exec/process-table";
import { refKey } from "../../contract";
import { ComponentHandle } from "../component";
import { listComponentDirectories } from "../layout";
import { isHeld, isLocked, lockName } from "../lock";
import { groupName, type Machine } from "../machine";
import { boundLog } from "../processes/log-file";
import { findMembers, isFileWork, killMembers, type Member } from "../processes/members";
import { findRecord } from "../record";
import { type Growth, increase, isShort, type Written, whoFilled } from "./disk-filling";
import { measureStored, writtenByProcess } from "./measure";
import { exceeded, markStorageEnded, storageFailure } from "./storage-failure";

/**
 * Storage limits. The kernel bounds single files (RLIMIT_FSIZE); the sum of what a component wrote is watched, because
 * quotas of a directory need a file system that was mounted for them. A component that writes more than it may is ended, and before
 * the host's disk is full, the one that wrote most.
 */

const everyMs = 1_000;
/** Everything is measured this often; sooner, when the disk has filled by so much since the last time. */
const fullSweepMs = 60_000;
const growthBytes = 16 * 2 ** 20;
/** … and this often while a component is changed: what others free of the disk meanwhile must not hide what it takes. */
const changeSweepMs = 5_000;
/** Time between two sweeps as a multiple of how long one took: measuring must not be the load. Not while space is short. */
const restFactor = 5;
/** The same between two looks at one writer, which is given no more than this, or than what a look takes. */
const writerRestMs = 2_000;
/** Writers that are measured at the same time. */
const atOnce = 4;

/** Watches until the answered function is called. One process of all that have the cloud open does the work. */
export function watchStorage(machine: Machine): () => void {
  const watch = new StorageWatch(machine);
  const timer = setInterval(() => watch.tick(), everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    watch.resign();
  };
}

class StorageWatch {
  private office: string | null = null;
  private isSweeping = false;
  private lastSweep = { atMs: 0, tookMs: 0, usedBytes: 0 };
  private lastUsedBytes = 0;
  private readonly underway = new Set<string>();
  private readonly measured = new Map<string, Measured>();
  private readonly sizes = new Map<string, number>();
  private readonly written = new Map<string, Written>();

  constructor(private readonly machine: Machine) {}

  tick(): void {
    try {
      if (this.takeOffice()) this.look();
    } catch (error) {
      this.complain(error);
    }
  }

  private complain(error: unknown): void {
    this.machine.host.log("warn", `Couldn’t check storage: ${messageOf(error)}`);
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

  /** Nothing is waited for: a component that takes long to measure must not hide what others do meanwhile. */
  private look(): void {
    const components = listActive(this.machine);
    for (const { paths } of components) boundLog(paths.log);
    const disk = statfsSync(this.machine.root);
    const usedBytes = (disk.blocks - disk.bfree) * disk.bsize;
    if (this.isSweepDue(components, usedBytes, isShort(disk))) {
      this.lastUsedBytes = usedBytes;
      void this.sweep(components, usedBytes).catch((error: unknown) => this.complain(error));
    } else if (usedBytes - this.lastUsedBytes > growthBytes) {
      this.lastUsedBytes = usedBytes;
      for (const one of this.suspectsAmong(components)) {
        void this.endIfBeyond(one).catch((error: unknown) => this.complain(error));
      }
    }
  }

  private isSweepDue(components: ComponentHandle[], usedBytes: number, isLow: boolean): boolean {
    if (this.isSweeping) return false;
    const { atMs, tookMs, usedBytes: before } = this.lastSweep;
    const sinceMs = Date.now() - atMs;
    if (sinceMs < tookMs * (isLow ? 1 : restFactor)) return false;
    const isChanging = components.some(({ machine, ref }) => isLocked(machine.locks, ref));
    const longestMs = isChanging ? changeSweepMs : fullSweepMs;
    return isLow || sinceMs > longestMs || usedBytes - before > growthBytes;
  }

  /**
   * Components that may be beyond their limits by what the kernel counts of its writing, the most likely ones first: measured between
   * two sweeps, so that one that fills the disk is not reached after all others.
   */
  private suspectsAmong(components: ComponentHandle[]): ComponentHandle[] {
    const suspects = components.flatMap((component) => {
      const limit = component.record.desired.size.storageBytes;
      const key = refKey(component.ref);
      const { sizeBytes, written, restUntilMs } = this.measured.get(key) ?? unmeasured;
      if (limit <= 0 || this.underway.has(key) || Date.now() < restUntilMs) return [];
      const mayHave = sizeBytes + increase(written, writtenOf(component));
      return mayHave > limit ? [{ component, mayHave }] : [];
    });
    suspects.sort((one, other) => other.mayHave - one.mayHave);
    return suspects.slice(0, Math.max(0, atOnce - this.underway.size)).map(({ component }) => component);
  }

  private async sweep(components: ComponentHandle[], usedBytes: number): Promise<void> {
    const begunMs = Date.now();
    const { atMs, usedBytes: before } = this.lastSweep;
    this.isSweeping = true;
    try {
      await this.measureAll(components, atMs === 0 ? 0 : usedBytes - before);
    } finally {
      this.lastSweep = { atMs: Date.now(), tookMs: Date.now() - begunMs, usedBytes };
      this.isSweeping = false;
    }
  }

  private async measureAll(components: ComponentHandle[], lostBytes: number): Promise<void> {
    const isLow = isShort(statfsSync(this.machine.root));
    const growths: Growth<ComponentHandle>[] = [];
    for (const component of components) {
      const limit = component.record.desired.size.storageBytes;
      const growth = { of: component, storedBytes: 0, writtenBytes: this.writtenSince(component) };
      growths.push(growth);
      if (limit <= 0 && !isLow) continue;
      const bytes = await this.endIfBeyond(component);
      if (bytes === null) continue;
      const key = refKey(component.ref);
      // What was there when this watch began, no one has written just now.
      growth.storedBytes = bytes - (this.sizes.get(key) ?? bytes);
      this.sizes.set(key, bytes);
    }
    this.forgetAllBut(new Set(components.map(({ ref }) => refKey(ref))));
    if (!isLow || !isShort(statfsSync(this.machine.root))) return;
    const most = whoFilled(lostBytes, growths);
    if (most) await this.end(most, "the host’s disk is nearly full, and this component wrote the most");
    else if (lostBytes > 0) {
      this.machine.host.log("warn", "The host’s disk is nearly full, but not because of components");
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
    const key = refKey(component.ref);
    const begunMs = Date.now();
    const written = writtenOf(component);
    this.underway.add(key);
    try {
      const bytes = (await measureStored(component))?.own ?? null;
      if (bytes === null) return null;
      const tookMs = Date.now() - begunMs;
      const restMs = Math.min(tookMs * restFactor, Math.max(tookMs, writerRestMs));
      this.measured.set(key, { sizeBytes: bytes, written, restUntilMs: Date.now() + restMs });
      if (limit > 0 && bytes > limit) await this.end(component, exceeded(bytes, limit));
      return bytes;
    } finally {
      this.underway.delete(key);
    }
  }

  /** What its processes wrote to disks since the last sweep, bytes: also what is stored where no one sees it. */
  private writtenSince(component: ComponentHandle): number {
    const key = refKey(component.ref);
    const now = writtenOf(component);
    const before = this.written.get(key);
    this.written.set(key, now);
    return before ? increase(before, now) : 0;
  }

  private async end(component: ComponentHandle, why: string): Promise<void> {
    const { machine, ref, record, paths } = component;
    // A component that removes or copies its files in that time continues.
    const isSpared = (member: Member) => isFileWork(machine, member);
    const runs = findMembers(machine, ref, record.owner).some((member) => !isSpared(member));
    const isChanging =
      record.intent !== null && isLocked(machine.locks, ref) && storageFailure(component) === null;
    // One that was ended before, and whose files are still there, is not ended again.
    if (!runs && !isChanging) return;
    const message = `${ref.component} stopped: ${why}`;
    markStorageEnded(component, message);
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
    const record = findRecord(join(machine.root, environmentId, component, "component.json"));
    if (!record) return [];
    const isActive =
      record.processes.some(isRunning) ||
      isLocked(machine.locks, record.ref) ||
      (machine.groups?.members(groupName(machine, record.ref)).length ?? 0) > 0 ||
      (record.owner !== null && hasUser(record.owner.uid));
    return isActive ? [new ComponentHandle(machine, record.ref, record)] : [];
  });
}
