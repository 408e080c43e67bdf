import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { formatBytes } from "@/lib/kernel/format";
import { Probe } from "@/lib/kernel/probe";
import { getConfig } from "../config";
import { moduleLog } from "../log";

/** What is left on the disk of the data directory. */
export interface DiskRoom {
  freeBytes: number;
  /** Less than `DISK_LOW_MIB`: nothing new is provisioned until there is room again. */
  low: boolean;
}

const limitMs = 2_000;
const freshMs = 3_000;

const probe = new Probe(() => freeBytesAt(getConfig().dataDir), limitMs);
let last: { freeBytes: number; atMs: number } | undefined;
let wasLow = false;

/** Of the nearest folder that is there: a data directory is made when something is first written. */
async function freeBytesAt(directory: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(directory) === directory) throw error;
    return await freeBytesAt(dirname(directory));
  }
}

/**
 * How much room the disk of the data directory has; what is known is kept for three seconds.
 * @throws when the file system does not answer within 2 s, or is not there
 */
export async function readDiskRoom(): Promise<DiskRoom> {
  if (!last || Date.now() - last.atMs > freshMs) last = { freeBytes: await probe.answer(), atMs: Date.now() };
  const { diskLowBytes } = getConfig().health;
  const low = last.freeBytes < diskLowBytes;
  if (low !== wasLow) {
    wasLow = low;
    const log = moduleLog("disk");
    const facts = { freeBytes: last.freeBytes, lowBytes: diskLowBytes };
    if (low) log.warn(facts, "the disk is almost full; provisioning is blocked until space is freed");
    else log.info(facts, "disk space is available again");
  }
  return { freeBytes: last.freeBytes, low };
}

/**
 * Refuses what would write while the disk is almost full.
 * @throws AppError insufficient_storage
 */
export async function requireDiskRoom(what: string): Promise<void> {
  const room = await readDiskRoom().catch((error: unknown) => {
    moduleLog("disk").warn({ err: error }, "couldn't read the free disk space");
    return null;
  });
  if (!room?.low) return;
  throw new AppError(
    "insufficient_storage",
    `${what} isn’t possible while the data disk is almost full (${formatBytes(room.freeBytes)} free). Destroy environments, delete backups, or ask an administrator to free space.`,
    { detail: { retryAfterSeconds: 60 } },
  );
}

/** For tests: forgets what was read. */
export function resetDiskRoom(): void {
  last = undefined;
}
