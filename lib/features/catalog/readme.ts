import type { Actor } from "@/lib/platform/auth";
import { getVersion } from "./queries";
import { findFile } from "./store-files";
import { textOf } from "./version-files";

/** A longer one isn't shown: it would make every visit of the page slow. */
const mostBytes = 256 * 1024;

/** Whether a file of a version is its README: at the top, in any case. */
export function isReadme({ path }: { path: string }): boolean {
  return path.toLowerCase() === "readme.md";
}

/**
 * The `README.md` of a template version, as Markdown; null where it has none that is text of at most 256 KiB. For everyone
 * who may see the version: its author wrote it for them.
 * @throws AppError not_found
 */
export async function getReadme(actor: Actor, name: string, version: string): Promise<string | null> {
  const { id, files } = await getVersion(actor, name, version);
  const readme = files.find(isReadme);
  if (!readme || readme.sizeBytes > mostBytes) return null;
  const { bytes } = (await findFile(id, readme.path)) ?? { bytes: null };
  return bytes && textOf(bytes);
}
