import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { FileSource, TemplateFile } from "@/lib/clouds/contract";
import { digestOf } from "@/lib/kernel/canonical";
import { type FileEntry, listFilesBelow } from "./store-files";
import { readUpload } from "./upload-use";

export function sha256Of(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** A folder as prefix: "app/" and "./app" become "app", "." becomes "" (everything). */
export function normalizePrefix(prefix: string): string {
  const normal = posix.normalize(prefix || ".").replace(/\/+$/, "");
  return normal === "." ? "" : normal;
}

/**
 * How a path looks from a prefix: relative to a folder, the bare name when the prefix is the file itself,
 * null when it lies elsewhere.
 */
export function relativeTo(prefix: string, path: string): string | null {
  const folder = normalizePrefix(prefix);
  if (folder === "") return path;
  if (path === folder) return posix.basename(path);
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null;
}

/** Digest of everything under a prefix; changes when a path, a content or an executable bit does. */
export function digestOfFiles(entries: readonly FileEntry[], prefix: string): string {
  const seen = entries.flatMap((entry) => {
    const path = relativeTo(prefix, entry.path);
    return path === null ? [] : [[path, entry.sha256, entry.executable] as const];
  });
  return digestOf(seen.sort((left, right) => (left[0] < right[0] ? -1 : 1)));
}

/**
 * Reads the files of one version out of the database and, for an environment, the archives its parameters name.
 */
export function fileSourceFor(versionId: string, environmentId?: string): FileSource {
  return {
    list: async (pathPrefix) => {
      const folder = normalizePrefix(pathPrefix);
      const rows = await listFilesBelow(versionId, folder);
      return rows.flatMap((row): TemplateFile[] => {
        const path = relativeTo(folder, row.path);
        return path === null ? [] : [{ path, content: row.content, executable: row.executable }];
      });
    },
    upload: (id) => readUpload(id, environmentId),
  };
}
