import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { listProcesses } from "@/lib/platform/exec/process-table";
import { type ComponentRef, DriverError, refKey } from "../contract";
import { createExclusively, type Owner, writeAtomically } from "./files";

/** Reservations are the machine's, not one installation's: two Rostrums must never share a user. */
const usualDirectory = "/var/lib/rostrum/uids";
/** Files that hold the first id above all that were ever given, one for each range. */
const markName = /^next-(\d+)-(\d+)$/;

/**
 * Gives every component a user id of its own, and none twice: what a component left anywhere, a set-uid file or a segment
 * of shared memory, never belongs to another one. Only where Rostrum is root.
 */
export class UidBook {
  private readonly directory: string;

  constructor(
    private readonly root: string,
    private readonly range: readonly [number, number],
    directory = usualDirectory,
  ) {
    this.directory = directory;
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
  }

  private mark(ref: ComponentRef): string {
    return `${this.root}\n${refKey(ref)}\n`;
  }

  /** The user of that component: the one it has, else the next one. @throws DriverError when the range is used up */
  reserve(ref: ComponentRef): Owner {
    const own = this.ownerOf(ref);
    if (own) return own;
    const [first, last] = this.range;
    const running = new Set(listProcesses().map((info) => info.uid));
    for (let uid = Math.max(first, this.firstUnused()); uid <= last; uid += 1) {
      if (running.has(uid)) continue;
      if (!createExclusively(join(this.directory, String(uid)), this.mark(ref))) continue;
      // On the disk before anything is done as that user.
      writeAtomically(join(this.directory, `next-${first}-${last}`), String(uid + 1), 0o600);
      return { uid, gid: uid };
    }
    throw new DriverError(
      "permanent",
      `All user ids from ${first} to ${last} were given once; none is given twice`,
      {
        hint: "Give the cloud another range of user ids.",
      },
    );
  }

  /** Above every id that any cloud of this machine ever gave from a range that meets this one. */
  private firstUnused(): number {
    const [first, last] = this.range;
    const names = readdirSync(this.directory);
    const given = names.filter((name) => /^\d+$/.test(name)).map((name) => Number(name) + 1);
    const marks = names
      .filter((name) => markName.test(name))
      .map((name) => Number(readIfThere(join(this.directory, name)) ?? 0));
    return Math.max(first, ...[...given, ...marks].filter((uid) => uid > first && uid <= last + 1));
  }

  /** The user a component has, null when it has none. */
  ownerOf(ref: ComponentRef): Owner | null {
    const uid = this.find(ref)[0];
    return uid === undefined ? null : { uid, gid: uid };
  }

  /** The component is gone; its id stays spent. */
  free(ref: ComponentRef): void {
    for (const uid of this.find(ref)) rmSync(join(this.directory, String(uid)), { force: true });
  }

  private find(ref: ComponentRef): number[] {
    const mark = this.mark(ref);
    return readdirSync(this.directory)
      .filter((name) => /^\d+$/.test(name))
      .filter((name) => readIfThere(join(this.directory, name)) === mark)
      .map(Number);
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
