import { lstatSync } from "node:fs";
import { join } from "node:path";
import { ArchiveError, Budget, shown, type UnpackLimits } from "./limits";

/** Counts what is unpacked into a directory and refuses names that leave it. */
export class UnpackGuard {
  readonly budget: Budget;

  constructor(
    private readonly root: string,
    limits: UnpackLimits,
    packedBytes?: number,
  ) {
    this.budget = new Budget(limits, packedBytes);
  }

  /** Counts an entry and answers its full path, null for the root itself. @throws ArchiveError */
  place(name: string): string | null {
    this.budget.entry();
    return this.locate(name);
  }

  /** The full path of an entry that was counted already. @throws ArchiveError also when it leads through a link */
  locate(name: string): string | null {
    const path = this.budget.path(name);
    if (path === null) return null;
    const parts = path.split("/");
    for (let count = 1; count <= parts.length; count += 1) {
      if (isLink(join(this.root, ...parts.slice(0, count)))) {
        throw new ArchiveError(`The archive writes through a link: ${shown(name)}`);
      }
    }
    return join(this.root, path);
  }

  /** @throws ArchiveError when it is too much */
  count(bytes: number): void {
    this.budget.count(bytes);
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
