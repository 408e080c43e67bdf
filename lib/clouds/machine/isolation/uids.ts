import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { listProcesses } from "@/lib/platform/exec/process-table";
import { type ComponentRef, DriverError, refKey } from "../../contract";
import { createExclusively, type Owner, writeAtomically } from "../data/files";
import { withLockNow } from "../lock";

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
    mkdirSync(join(this.directory, "locks"), { recursive: true, mode: 0o700 });
  }

  private mark(ref: ComponentRef): string {
    return `${this.root}\n${refKey(ref)}\n`;
  }

  /**
   * The user of that component: the one it has, else the next one. @throws DriverError (permanent) when the range is used
   * up, (retryable) when another process holds the book too long
   */
  reserve(ref: ComponentRef): Owner {
    return withLockNow(join(this.directory, "locks"), "book~", () => {
      const own = this.ownerOf(ref);
      if (own) return own;
      const [first, last] = this.range;
      const running = new Set(listProcesses().map((info) => info.uid));
      for (let uid = this.firstUnused(); uid <= last; uid += 1) {
        if (running.has(uid)) continue;
        // Spent before it is given: a process that dies in between, or finds the disk full, has lost an id and given none twice.
        writeAtomically(join(this.directory, `next-${first}-${last}`), String(uid + 1), 0o600);
        if (createExclusively(join(this.directory, String(uid)), this.mark(ref))) return { uid, gid: uid };
      }
      throw new DriverError(
        "permanent",
        `No user IDs left in range ${first}-${last}: each ID is used only once`,
        { hint: "Set another range of user IDs for the cloud." },
      );
    });
  }

  /** Above every id that any cloud of this machine ever gave from a range that meets this one. */
  private firstUnused(): number {
    const [first, last] = this.range;
    const names = readdirSync(this.directory);
    const given = names
      .filter((name) => /^\d+$/.test(name))
      .map((name) => ({ from: Number(name), next: Number(name) + 1 }));
    const marks = names.flatMap((name) => {
      const from = markName.exec(name)?.[1];
      const next = from ? Number(readIfThere(join(this.directory, name)) ?? 0) : 0;
      return from ? [{ from: Number(from), next }] : [];
    });
    // A range may have been wider: then a mark may lie above this one, and all of this one is spent.
    const meeting = [...given, ...marks].filter(({ from, next }) => from <= last && next > first);
    return Math.max(first, ...meeting.map(({ next }) => Math.min(next, last + 1)));
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

  /** The components of this cloud that have a user: `environment id/component` and its number. */
  list(): { key: string; uid: number }[] {
    return readdirSync(this.directory)
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const [root, key = ""] = (readIfThere(join(this.directory, name)) ?? "").split("\n");
        return root === this.root ? [{ key, uid: Number(name) }] : [];
      });
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
