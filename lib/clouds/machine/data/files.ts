import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** Owner of what a component's processes may touch; null where everything runs as Rostrum's own user. */
export interface Owner {
  uid: number;
  gid: number;
}

function writeDraft(path: string, text: string, mode: number): string {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  const file = openSync(draft, "wx", mode);
  try {
    // The umask of Rostrum's processes would take it from the component, too.
    fchmodSync(file, mode);
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return draft;
}

/** Replaces a file so that every reader, and the disk after a power cut, has the old or the new one. */
export function writeAtomically(path: string, text: string, mode: number): void {
  const draft = writeDraft(path, text, mode);
  renameSync(draft, path);
  const directory = openSync(dirname(path), "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/** Creates a file with its content in one step. False when it exists already. */
export function createExclusively(path: string, text: string): boolean {
  const draft = writeDraft(path, text, 0o600);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Writes a file of Rostrum's own unless it says that already. */
export function writeIfOther(path: string, text: string, mode: number, group?: number): void {
  if (readIfThere(path) === text) return;
  const draft = writeDraft(path, text, 0o600);
  chmodSync(draft, mode);
  if (group !== undefined) chownSync(draft, 0, group);
  renameSync(draft, path);
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
