import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lchownSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";

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

/** Gives a tree to an owner without following links out of it. */
export function giveTo(path: string, owner: Owner | null): void {
  if (!owner) return;
  lchownSync(path, owner.uid, owner.gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) giveTo(join(path, name), owner);
}

/** Removes a tree that a dying process may still be writing to. */
export async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
