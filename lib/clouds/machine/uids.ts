import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { listProcesses } from "@/lib/platform/exec/process-table";
import { type ComponentRef, DriverError, refKey } from "../contract";
import { createExclusively, type Owner } from "./files";

/** Reservations are the machine's, not one installation's: two Rostrums must never share a user. */
const usualDirectory = "/var/lib/rostrum/uids";
const staleAfterMs = 60_000;

/** Gives every component a user id of its own. Only where Rostrum is root. */
export class UidBook {
  private readonly directory: string;

  constructor(
    private readonly root: string,
    private readonly range: readonly [number, number],
    directory = usualDirectory,
  ) {
    this.directory = directory;
    mkdirSync(this.directory, { recursive: true, mode: 0o755 });
  }

  private mark(ref: ComponentRef): string {
    return `${this.root}\n${refKey(ref)}\n`;
  }

  /** The user of that component: the one it has, else an unused one. */
  reserve(ref: ComponentRef): Owner {
    const own = this.ownerOf(ref);
    if (own) return own;
    const [first, last] = this.range;
    const taken = new Set(readdirSync(this.directory).map(Number));
    const running = new Set(listProcesses().map((info) => info.uid));
    for (let uid = first; uid <= last; uid += 1) {
      if (running.has(uid)) continue;
      if (taken.has(uid) && !this.dropStale(uid)) continue;
      if (createExclusively(join(this.directory, String(uid)), this.mark(ref))) return { uid, gid: uid };
    }
    throw new DriverError("retryable", `No unused user id from ${first} to ${last} is left on this machine`);
  }

  /** An installation that was deleted with its data directory leaves reservations nobody frees. */
  private dropStale(uid: number): boolean {
    const file = join(this.directory, String(uid));
    try {
      if (Date.now() - statSync(file).mtimeMs < staleAfterMs) return false;
      const [root, key] = readFileSync(file, "utf8").split("\n");
      if (root && key && existsSync(join(root, key))) return false;
      rmSync(file, { force: true });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
      throw error;
    }
  }

  /** The user a component has, null when it has none. */
  ownerOf(ref: ComponentRef): Owner | null {
    const uid = this.find(ref)[0];
    return uid === undefined ? null : { uid, gid: uid };
  }

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
