import { lstatSync } from "node:fs";
import { join } from "node:path";

export interface UnpackLimits {
  maxBytes: number;
  maxEntries: number;
  /** Links inside the tree are wanted in a backup and refused in an upload. */
  allowLinks: boolean;
}

/** Something in an archive that must not be unpacked. Its message is for people. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
}

/** Counts what is unpacked and refuses names that leave the directory. */
export class UnpackGuard {
  private bytes = 0;
  private entries = 0;
  constructor(
    private readonly root: string,
    private readonly limits: UnpackLimits,
  ) {}

  /** Full path of an entry, null for the root itself. @throws ArchiveError */
  place(name: string): string | null {
    this.entries += 1;
    if (this.entries > this.limits.maxEntries) throw new ArchiveError("The archive holds too many files");
    const parts = name.split("/").filter((part) => part !== "" && part !== ".");
    if (name.startsWith("/") || name.includes("\\") || name.includes("\0") || parts.includes("..")) {
      throw new ArchiveError(`The archive holds a file outside of itself: ${name.slice(0, 200)}`);
    }
    if (parts.length === 0) return null;
    for (let count = 1; count < parts.length; count += 1) {
      if (isLink(join(this.root, ...parts.slice(0, count)))) {
        throw new ArchiveError(`The archive writes through a link: ${name.slice(0, 200)}`);
      }
    }
    return join(this.root, ...parts);
  }

  count(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > this.limits.maxBytes) {
      throw new ArchiveError(`The archive unpacks to more than ${this.limits.maxBytes} bytes`);
    }
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
