import { chmod, mkdir, open, symlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { refuseKind, refuseSetId, type UnpackLimits } from "./limits";
import { readTar, type TarEntry } from "./tar-reader";
import { UnpackGuard } from "./unpack-guard";

/**
 * Unpacks a tar into an empty directory. Set-id and sticky bits are refused where links are, else dropped; hard links,
 * devices, pipes and sockets are refused.
 * @throws ArchiveError when it is damaged, over the limits or leaves the directory
 */
export async function unpackTar(
  source: Readable | AsyncIterable<Uint8Array>,
  root: string,
  limits: UnpackLimits,
): Promise<void> {
  const guard = new UnpackGuard(root, limits);
  for await (const entry of readTar(source, guard.budget)) {
    if (!limits.allowLinks) refuseSetId(entry.name, entry.mode);
    const path = guard.locate(entry.name);
    if (path === null) continue;
    await mkdir(dirname(path), { recursive: true });
    await unpackEntry(entry, path, limits);
  }
}

async function unpackEntry(entry: TarEntry, path: string, { allowLinks }: UnpackLimits): Promise<void> {
  const mode = entry.mode & 0o777;
  if (entry.kind === "folder") {
    await mkdir(path, { recursive: true });
    await chmod(path, mode | 0o700);
  } else if (entry.kind === "link" && allowLinks) {
    await symlink(entry.linkName, path);
  } else if (entry.kind === "file") {
    const file = await open(path, "wx", mode);
    await pipeline(entry.content, file.createWriteStream());
  } else {
    refuseKind(entry.name);
  }
}
