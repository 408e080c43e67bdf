import semver from "semver";
import type { FileSource } from "@/lib/clouds/contract";
import type { Manifest } from "@/lib/engine/template/types";
import { AppError, notFound } from "@/lib/kernel/errors";
import { digestOfFiles, fileSourceFor } from "./files";
import { orderedManifest } from "./ordered-manifest";
import type { VersionStatus } from "./schema";
import type { FileEntry } from "./store-files";
import { findContent, listHeads, listHeadsByName, type VersionHead } from "./store-versions";

/** A template version as plans, runs and screens use it. */
export interface LoadedVersion {
  id: string;
  templateId: string;
  /** The template's name, as in a request. */
  name: string;
  title: string;
  icon: string;
  version: string;
  status: VersionStatus;
  digest: string;
  manifest: Manifest;
  /** Files for drivers, and the uploads that an environment may use. */
  files(environmentId?: string): FileSource;
  /** Digest of everything under a path of the version ("" = all). */
  filesDigest(pathPrefix: string): string;
}

interface Content {
  manifest: Manifest;
  entries: FileEntry[];
}

/** By version id and digest: a draft that was edited is another content. */
const contents = new Map<string, Promise<Content>>();
const maxContents = 200;

/**
 * A version with its parsed manifest. The row is read at every call, because its status moves on; what hangs on
 * the digest is kept.
 * @throws AppError not_found
 */
export async function loadVersion(versionId: string): Promise<LoadedVersion> {
  const version = (await loadVersions([versionId])).get(versionId);
  if (!version) throw notFound("The template version");
  return version;
}

/** Several versions in one statement, by id. One that does not exist is missing in the answer. */
export async function loadVersions(versionIds: readonly string[]): Promise<Map<string, LoadedVersion>> {
  const rows = await listHeads([...new Set(versionIds)]);
  const versions = await Promise.all(rows.map(withContent));
  return new Map(versions.map((version) => [version.id, version]));
}

/**
 * The version someone asks for by name: the given one, else the newest published one.
 * @throws AppError not_found
 */
export async function loadVersionByName(name: string, version?: string): Promise<LoadedVersion> {
  const versions = await listHeadsByName(name, version);
  const newest = versions.sort((left, right) => semver.compare(right.version, left.version))[0];
  if (!newest) throw notFound(version ? `Version ${version} of ${name}` : `A published version of ${name}`);
  return await withContent(newest);
}

async function withContent(head: VersionHead): Promise<LoadedVersion> {
  const { manifest, entries } = await contentOf(head.id, head.digest);
  return {
    ...head,
    manifest,
    files: (environmentId) => fileSourceFor(head.id, environmentId),
    filesDigest: (pathPrefix) => digestOfFiles(entries, pathPrefix),
  };
}

async function contentOf(id: string, digest: string): Promise<Content> {
  const key = `${id} ${digest}`;
  const known = contents.get(key);
  if (known) return await known;
  const reading = readContent(id, digest);
  contents.set(key, reading);
  if (contents.size > maxContents) contents.delete(contents.keys().next().value ?? "");
  try {
    return await reading;
  } catch (error) {
    contents.delete(key);
    throw error;
  }
}

/** @throws AppError conflict when the draft was replaced since its digest was read */
async function readContent(id: string, digest: string): Promise<Content> {
  const row = await findContent(id, digest);
  if (!row) throw new AppError("conflict", "The draft was replaced. Try again.");
  return { manifest: orderedManifest(digest, row.manifest, row.source), entries: row.entries };
}
