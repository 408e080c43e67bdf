/** Judging by figures whether the host's disk is nearly full, and who fills it. */

/** Free space of the host that no component gets: a fiftieth of the disk, at least half a GiB, at most ten. */
const reserve = { part: 50, leastBytes: 2 ** 29, mostBytes: 10 * 2 ** 30 };

/** How much more someone stores than a while ago, as far as it can be seen, and how much was written in that time. */
export interface Growth<T> {
  of: T;
  storedBytes: number;
  writtenBytes: number;
}

/**
 * Who of all filled the disk when it lost so many bytes. What is stored tells, unless it explains less than half of the
 * loss: then what was written does. Null when neither explains it: someone else writes to this disk.
 */
export function whoFilled<T>(lostBytes: number, growths: readonly Growth<T>[]): T | null {
  for (const measure of ["storedBytes", "writtenBytes"] as const) {
    const grown = growths.filter((growth) => growth[measure] > 0);
    const explained = grown.reduce((sum, growth) => sum + growth[measure], 0);
    if (explained === 0 || explained * 2 < lostBytes) continue;
    return grown.reduce((most, growth) => (growth[measure] > most[measure] ? growth : most)).of;
  }
  return null;
}

/** Whether less than the reserve is left of a disk, in space or in files. */
export function isShort(disk: {
  blocks: number;
  bavail: number;
  bsize: number;
  files: number;
  ffree: number;
}): boolean {
  const total = disk.blocks * disk.bsize;
  const kept = Math.min(reserve.mostBytes, Math.max(reserve.leastBytes, total / reserve.part));
  const isOutOfFiles = disk.files > 0 && disk.ffree < disk.files / (reserve.part * 2);
  return disk.bavail * disk.bsize < kept || isOutOfFiles;
}

/** Bytes written to disks, by process. */
export type Written = ReadonlyMap<string, number>;

/** What was written since an earlier count, bytes: also by processes that were not there before. */
export const increase = (before: Written, now: Written): number =>
  [...now].reduce((sum, [id, bytes]) => sum + Math.max(0, bytes - (before.get(id) ?? 0)), 0);
