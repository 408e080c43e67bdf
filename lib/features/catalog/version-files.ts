import { notFound } from "@/lib/kernel/errors";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { requireReviewed } from "./digest";
import { sha256Of } from "./files";
import { getVersion } from "./queries";
import { type FileContent, fileLimits, type VersionFile, type VersionFiles } from "./schema";
import { findFile } from "./store-files";
import { getVersionId } from "./store-versions";

/** A version, and the digest it must still have. */
export interface FilesTarget {
  name: string;
  version: string;
  digest?: string | undefined;
}

/**
 * The files of a version beside its manifest, under the digest they belong to; for those who review.
 * @throws AppError not_found, forbidden, conflict when the version has another content than `digest`
 */
export async function listVersionFiles(actor: Actor, target: FilesTarget): Promise<VersionFiles> {
  requirePermission(actor, "template.review", { what: "The version", objectType: "template_version" });
  const { template, version, digest, files } = await getVersion(actor, target.name, target.version);
  requireReviewed(target.digest ?? digest, digest);
  return { template, version, digest, files };
}

/** A file of a version with what is in it. */
export interface LoadedFile extends VersionFile {
  template: string;
  version: string;
  /** Of the version. */
  digest: string;
  bytes: Uint8Array;
}

/**
 * One file with its content. The hash is computed from what is answered.
 * @throws AppError not_found, forbidden, conflict when the version has another content than `digest`
 */
export async function getVersionFile(
  actor: Actor,
  target: FilesTarget & { path: string },
): Promise<LoadedFile> {
  requirePermission(actor, "template.review", { what: "The version", objectType: "template_version" });
  const { name, version, path } = target;
  const row = await findFile(await getVersionId(name, version), path);
  if (row) requireReviewed(target.digest ?? row.digest, row.digest);
  if (!row?.bytes) throw notFound("The file");
  const { digest, bytes } = row;
  const facts = {
    path,
    sizeBytes: bytes.length,
    executable: row.executable ?? false,
    sha256: sha256Of(bytes),
  };
  return { template: name, version, digest, ...facts, bytes };
}

/** The text in a file; null for one that is none: with a zero byte, or not UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** A file for JSON: its text, or base64 where it is none; without content above the limit. */
export function toFileContent({ bytes, ...facts }: LoadedFile): FileContent {
  if (bytes.length > fileLimits.contentBytes) {
    return { ...facts, encoding: textOf(bytes) === null ? "base64" : "utf8", content: null };
  }
  const text = textOf(bytes);
  if (text !== null) return { ...facts, encoding: "utf8", content: text };
  return { ...facts, encoding: "base64", content: Buffer.from(bytes).toString("base64") };
}
