import { sql } from "kysely";
import type { ArchiveFile } from "@/lib/platform/archive";
import { getPrisma, rowOf, rowsOf, statements, type Tx } from "@/lib/platform/db";
import type { VersionStatus } from "./schema";

/** A file of a version without its content. */
export interface FileEntry {
  path: string;
  sha256: string;
  executable: boolean;
}

/** The files of a version at or below a folder ("" for all), by path. */
export async function listFilesBelow(versionId: string, folder: string): Promise<ArchiveFile[]> {
  const below = folder !== "" && { OR: [{ path: folder }, { path: { startsWith: `${folder}/` } }] };
  return await getPrisma().templateFile.findMany({
    where: { versionId, ...below },
    select: { path: true, content: true, executable: true },
    orderBy: { path: "asc" },
  });
}

/** The paths of a version's files. */
export async function listPaths(versionId: string): Promise<string[]> {
  const rows = await getPrisma().templateFile.findMany({ where: { versionId }, select: { path: true } });
  return rows.map(({ path }) => path);
}

/** The files of a version, their hashes computed from the contents and not the ones that are stored. */
export async function listComputedEntries(tx: Tx, versionId: string): Promise<FileEntry[]> {
  return await rowsOf(
    statements
      .selectFrom("template_file")
      .select(["path", "executable", sql<string>`encode(sha256(content), 'hex')`.as("sha256")])
      .where("version_id", "=", versionId),
    tx,
  );
}

/** A version's files with what they are said to be: of one moment, so the digest is the one of the files. */
export async function findFiles(
  versionId: string,
): Promise<{ digest: string; status: VersionStatus; contributorIds: string[]; files: ArchiveFile[] } | null> {
  const rows = await rowsOf(
    statements
      .selectFrom("template_version as v")
      .leftJoin("template_file as f", "f.version_id", "v.id")
      .select([
        "v.digest",
        "v.status",
        "v.contributor_ids as contributorIds",
        "f.path",
        "f.content",
        "f.executable",
      ])
      .where("v.id", "=", versionId)
      .orderBy("f.path"),
  );
  const [first] = rows;
  if (!first) return null;
  const { digest, status, contributorIds } = first;
  // A version without files has one row without a path.
  const files = rows.flatMap(({ path, content, executable }) =>
    path === null || content === null ? [] : [{ path, content, executable: executable ?? false }],
  );
  return { digest, status, contributorIds, files };
}

/** Contents of files by path, while the version has the digest; fewer than asked for when it has another one. */
export async function listContents(
  { id, digest }: { id: string; digest: string },
  paths: readonly string[],
): Promise<{ path: string; content: Uint8Array }[]> {
  return await getPrisma().templateFile.findMany({
    where: { version: { id, digest }, path: { in: [...paths] } },
    select: { path: true, content: true },
  });
}

/** A version's digest with one of its files, of one moment; without content when it has no such file. */
export async function findFile(
  versionId: string,
  path: string,
): Promise<{ digest: string; bytes: Uint8Array | null; executable: boolean | null } | null> {
  return await rowOf(
    statements
      .selectFrom("template_version as v")
      .leftJoin("template_file as f", (join) =>
        join.onRef("f.version_id", "=", "v.id").on("f.path", "=", path),
      )
      .select(["v.digest", "f.content as bytes", "f.executable"])
      .where("v.id", "=", versionId),
  );
}

/** Adds files to a version. */
export async function insertFiles(
  tx: Tx,
  versionId: string,
  files: readonly (ArchiveFile & { sha256: string })[],
): Promise<void> {
  await tx.prisma.templateFile.createMany({
    data: files.map(({ path, content, executable, sha256 }) => ({
      versionId,
      path,
      content: new Uint8Array(content),
      executable,
      sha256,
    })),
  });
}

/** Removes all files of a version. */
export async function deleteFiles(tx: Tx, versionId: string): Promise<void> {
  await tx.prisma.templateFile.deleteMany({ where: { versionId } });
}
