import { notFound } from "@/lib/kernel/errors";
import type { Actor } from "@/lib/platform/auth";
import { loadVersionByName } from "./load-version";
import { getVersion } from "./queries";
import { findFile, listPaths } from "./store-files";
import { textOf } from "./version-files";

/** A longer one isn't shown: it would make every visit of the page slow. */
const mostBytes = 256 * 1024;

/** Whether a file of a version is its README: at the top, in any case. */
export function isReadme({ path }: { path: string }): boolean {
  return path.toLowerCase() === "readme.md";
}

/**
 * Whether the version that the catalog offers of a template, the newest published one, has a README.
 * @throws AppError not_found without a published version
 */
export async function hasReadme(name: string): Promise<boolean> {
  const { id } = await loadVersionByName(name);
  return (await listPaths(id)).some((path) => isReadme({ path }));
}

/**
 * The `README.md` of a template version, as Markdown; null for one that can't be shown, because it is no text or larger than
 * 256 KiB. For everyone who may see the version: its author wrote it for them.
 * @throws AppError not_found for a version without README, too
 */
export async function getReadme(actor: Actor, name: string, version: string): Promise<string | null> {
  const { id, files } = await getVersion(actor, name, version);
  const readme = files.find(isReadme);
  if (!readme) throw notFound(`The README of ${name}`);
  if (readme.sizeBytes > mostBytes) return null;
  const { bytes } = (await findFile(id, readme.path)) ?? { bytes: null };
  return bytes && textOf(bytes);
}
