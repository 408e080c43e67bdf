import semver from "semver";
import type { FileSource } from "@/lib/clouds/contract";
import { inFileOrder } from "@/lib/engine/template";
import type { Manifest } from "@/lib/engine/template/types";
import { AppError, notFound } from "@/lib/kernel/errors";
import { query } from "@/lib/platform/db";
import { digestOfFiles, type FileEntry, fileSourceFor } from "./files";
import type { VersionStatus } from "./schema";

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

interface VersionRow {
  id: string;
  template_id: string;
  name: string;
  title: string;
  icon: string;
  version: string;
  status: VersionStatus;
  digest: string;
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
  const rows = await query<VersionRow>(
    `SELECT v.id, v.template_id, t.name, t.title, t.icon, v.version, v.status::text AS status, v.digest
       FROM template_version v JOIN template t ON t.id = v.template_id WHERE v.id = ANY($1)`,
    [[...new Set(versionIds)]],
    { name: "catalog-load-versions" },
  );
  const versions = await Promise.all(rows.map(withContent));
  return new Map(versions.map((version) => [version.id, version]));
}

/**
 * The version somebody asks for by name: the given one, else the newest published one.
 * @throws AppError not_found
 */
export async function loadVersionByName(name: string, version?: string): Promise<LoadedVersion> {
  const versions = await query<VersionRow>(
    `SELECT v.id, v.template_id, t.name, t.title, t.icon, v.version, v.status::text AS status, v.digest
       FROM template_version v JOIN template t ON t.id = v.template_id
      WHERE t.name = $1 AND ($2::text IS NULL AND v.status = 'published' OR v.version = $2)`,
    [name, version ?? null],
    { name: "catalog-load-version-by-name" },
  );
  const newest = versions.sort((left, right) => semver.compare(right.version, left.version))[0];
  if (!newest) throw notFound(version ? `Version ${version} of ${name}` : `A published version of ${name}`);
  return await withContent(newest);
}

async function withContent(row: VersionRow): Promise<LoadedVersion> {
  const { manifest, entries } = await contentOf(row.id, row.digest);
  return {
    id: row.id,
    templateId: row.template_id,
    name: row.name,
    title: row.title,
    icon: row.icon,
    version: row.version,
    status: row.status,
    digest: row.digest,
    manifest,
    files: (environmentId) => fileSourceFor(row.id, environmentId),
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
  const [row] = await query<{ manifest: unknown; source: string; entries: FileEntry[] }>(
    `SELECT v.manifest, v.source, coalesce((SELECT jsonb_agg(jsonb_build_object('path', f.path, 'sha256', f.sha256,
              'executable', f.executable)) FROM template_file f WHERE f.version_id = v.id), '[]') AS entries
       FROM template_version v WHERE v.id = $1 AND v.digest = $2`,
    [id, digest],
  );
  if (!row) throw new AppError("conflict", "The draft was replaced. Try again.");
  // The column holds what parseManifest gave when the version was imported, defaults filled in.
  return { manifest: inFileOrder(row.manifest as Manifest, row.source), entries: row.entries };
}
