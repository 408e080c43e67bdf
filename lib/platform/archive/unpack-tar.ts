import { chmod, mkdir, open, symlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";
import { ArchiveError, UnpackGuard, type UnpackLimits } from "./unpack-guard";

/** Unpacks a tar into an empty directory. @throws ArchiveError when it is damaged or leaves the directory. */
export async function unpackTar(source: Readable, root: string, limits: UnpackLimits): Promise<void> {
  const guard = new UnpackGuard(root, limits);
  const reader = extract();
  const flow = pipeline(source, reader);
  flow.catch(() => undefined);
  for await (const entry of reader) {
    const { name, type, mode, linkname } = entry.header;
    const path = guard.place(name);
    if (path === null) {
      entry.resume();
      continue;
    }
    await mkdir(dirname(path), { recursive: true });
    if (type === "directory") {
      await mkdir(path, { recursive: true });
      await chmod(path, (mode ?? 0o755) | 0o700);
    } else if (type === "symlink" && limits.allowLinks) {
      await symlink(linkname ?? "", path);
    } else if (type === "file" || type === "contiguous-file") {
      const file = await open(path, "wx", (mode ?? 0o644) & 0o777);
      await pipeline(entry as AsyncIterable<Buffer>, counted(guard), file.createWriteStream());
      continue;
    } else {
      throw new ArchiveError(
        `The archive holds a ${type ?? "strange entry"}, which is not accepted: ${name}`,
      );
    }
    entry.resume();
  }
  await flow;
}

function counted(guard: UnpackGuard) {
  return async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      guard.count(chunk.length);
      yield chunk;
    }
  };
}
