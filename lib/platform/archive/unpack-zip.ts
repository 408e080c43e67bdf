import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { refuseSetId, type UnpackLimits } from "./limits";
import { UnpackGuard } from "./unpack-guard";
import { readZip } from "./zip";

/**
 * Unpacks a ZIP file into an empty directory. Links are refused, whatever the limits say.
 * @throws ArchiveError when it is damaged, over the limits or leaves the directory
 */
export function unpackZip(content: Uint8Array, root: string, limits: UnpackLimits): void {
  const archive = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const guard = new UnpackGuard(root, limits, content.length);
  for (const member of readZip(archive, guard.budget)) {
    refuseSetId(member.name, member.mode);
    const path = guard.locate(member.name);
    if (path === null) continue;
    mkdirSync(member.isFolder ? path : dirname(path), { recursive: true });
    if (member.isFolder) continue;
    writeFileSync(path, member.read(), { flag: "wx", mode: member.mode & 0o111 ? 0o755 : 0o644 });
  }
}
