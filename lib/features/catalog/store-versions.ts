import { sql } from "kysely";
import { jsonArrayFrom } from "kysely/helpers/postgres";
import type { Manifest } from "@/lib/engine/template/types";
import { environmentRows } from "@/lib/features/environments/joins";
import { userRows } from "@/lib/features/users/joins";
import { notFound } from "@/lib/kernel/errors";
import { getPrisma, rowOf, rowsOf, statements } from "@/lib/platform/db";
import {
  type VersionCheck,
  type VersionDetail,
  type VersionListItem,
  type VersionStatus,
  type VersionSummary,
  versionCheckSchema,
} from "./schema";
import type { FileEntry } from "./store-files";
import { readManifest } from "./stored-manifest";

/** The id of a version by its template's name. @throws AppError not_found */
export async function getVersionId(name: string, version: string): Promise<string> {
  const row = await getPrisma().templateVersion.findFirst({
    where: { version, template: { name } },
    select: { id: true },
  });
  if (!row) throw notFound(`Version ${version} of ${name}`);
  return row.id;
}

/** Whether a template has a version, or this one; those that are not published yet count where they are asked for. */
export async function hasVersion(
  name: string,
  version: string | null,
  unpublished: boolean,
): Promise<boolean> {
  const row = await getPrisma().templateVersion.findFirst({
    where: {
      template: { name },
      ...(version !== null && { version }),
      ...(!unpublished && { status: { notIn: ["draft", "in_review"] } }),
    },
    select: { id: true },
  });
  return row !== null;
}

/** How many versions wait for a review; at most as many as are asked for. */
export async function countInReview(most: number): Promise<number> {
  return await getPrisma().templateVersion.count({ where: { status: "in_review" }, take: most });
}

/** A version with its template's texts, without what hangs on its digest. */
export interface VersionHead {
  id: string;
  templateId: string;
  name: string;
  title: string;
  icon: string;
  version: string;
  status: VersionStatus;
  digest: string;
}

const heads = statements
  .selectFrom("template_version as v")
  .innerJoin("template as t", "t.id", "v.template_id")
  .select([
    "v.id",
    "v.template_id as templateId",
    "t.name",
    "t.title",
    "t.icon",
    "v.version",
    "v.status",
    "v.digest",
  ]);

/** Several versions by id, in no order. */
export async function listHeads(ids: readonly string[]): Promise<VersionHead[]> {
  return await rowsOf(heads.where((eb) => eb("v.id", "=", eb.fn.any(eb.val(ids)))));
}

/** The one version of a template, or all published ones, in no order. */
export async function listHeadsByName(name: string, version: string | undefined): Promise<VersionHead[]> {
  const named = heads.where("t.name", "=", name);
  return await rowsOf(
    version === undefined
      ? named.where("v.status", "=", "published")
      : named.where("v.version", "=", version),
  );
}

/** What hangs on a digest; null when the version has another one by now. */
export async function findContent(
  id: string,
  digest: string,
): Promise<{ manifest: Manifest; source: string; entries: FileEntry[] } | null> {
  const row = await rowOf(
    statements
      .selectFrom("template_version as v")
      .select((eb) => [
        "v.manifest",
        "v.source",
        jsonArrayFrom(
          eb
            .selectFrom("template_file as f")
            .select(["f.path", "f.sha256", "f.executable"])
            .whereRef("f.version_id", "=", "v.id"),
        ).as("entries"),
      ])
      .where("v.id", "=", id)
      .where("v.digest", "=", digest),
  );
  return row && { ...row, manifest: readManifest(digest, row.manifest, row.source) };
}

/** A version's text and paths of one moment, for its checks. */
export async function findUnchecked(
  id: string,
): Promise<{ source: string; manifest: Manifest; digest: string; paths: string[] } | null> {
  const row = await rowOf(
    statements
      .selectFrom("template_version as v")
      .select((eb) => [
        "v.source",
        "v.manifest",
        "v.digest",
        eb
          .fn<string[]>("array", [
            eb.selectFrom("template_file as f").select("f.path").whereRef("f.version_id", "=", "v.id"),
          ])
          .as("paths"),
      ])
      .where("v.id", "=", id),
  );
  return row && { ...row, manifest: readManifest(row.digest, row.manifest, row.source) };
}

/** Versions with the names of all users whose content is or was in them. */
const summaries = statements
  .selectFrom("template_version as v")
  .leftJoin(userRows.as("a"), "a.id", "v.author_id")
  .leftJoin(userRows.as("r"), "r.id", "v.reviewer_id")
  .select((eb) => [
    "v.id",
    "v.version",
    "v.digest",
    "v.status",
    "a.name as author",
    "r.name as reviewer",
    eb
      .fn<string[]>("array", [
        eb
          .selectFrom(userRows.as("c"))
          .select("c.name")
          .where((inner) => inner("c.id", "=", inner.fn.any("v.contributor_ids")))
          .orderBy("c.name"),
      ])
      .as("contributors"),
    "v.created_at as createdAt",
    "v.published_at as publishedAt",
    eb
      .selectFrom(environmentRows.as("e"))
      .select(({ cast, fn }) => cast<number>(fn.countAll(), "integer").as("count"))
      .whereRef("e.template_version_id", "=", "v.id")
      .where("e.destroyed_at", "is", null)
      .$asScalar()
      .$notNull()
      .as("environments"),
  ]);

/** All versions of a template, in no order. */
export async function listVersionsOf(templateId: string): Promise<VersionSummary[]> {
  return (await rowsOf(summaries.where("v.template_id", "=", templateId))).map(inText);
}

/** What is stored of a version that a page shows. */
export type StoredDetail = VersionSummary &
  Pick<VersionDetail, "source" | "files" | "checks" | "reviewNote" | "submittedAt" | "retiredAt"> & {
    manifest: Manifest;
  };

/** A version with its text and files of one moment. */
export async function findDetail(id: string): Promise<StoredDetail | null> {
  const row = await rowOf(
    summaries
      .select((eb) => [
        "v.source",
        "v.manifest",
        "v.checks",
        "v.review_note as reviewNote",
        "v.submitted_at as submittedAt",
        "v.retired_at as retiredAt",
        jsonArrayFrom(
          eb
            .selectFrom("template_file as f")
            .select((inner) => [
              "f.path",
              inner.fn<number>("length", ["f.content"]).as("sizeBytes"),
              "f.executable",
              "f.sha256",
            ])
            .whereRef("f.version_id", "=", "v.id")
            .orderBy("f.path"),
        ).as("files"),
      ])
      .where("v.id", "=", id),
  );
  return (
    row && {
      ...inText(row),
      manifest: readManifest(row.digest, row.manifest, row.source),
      checks: readableChecks(row.checks),
      submittedAt: row.submittedAt?.toISOString() ?? null,
      retiredAt: row.retiredAt?.toISOString() ?? null,
    }
  );
}

/** All versions of all templates, or of the named one, in no order. */
export async function listAllVersions(
  template: string | undefined,
): Promise<(Omit<VersionListItem, "checks"> & { checks: VersionCheck[] })[]> {
  const all = statements
    .selectFrom("template_version as v")
    .innerJoin("template as t", "t.id", "v.template_id")
    .leftJoin(userRows.as("a"), "a.id", "v.author_id")
    .leftJoin(
      (eb) =>
        eb
          .selectFrom(environmentRows.as("environment"))
          .select(({ fn }) => ["template_version_id", fn.countAll<bigint>().as("living")])
          .where("destroyed_at", "is", null)
          .groupBy("template_version_id")
          .as("e"),
      (join) => join.onRef("e.template_version_id", "=", "v.id"),
    )
    .select((eb) => [
      "v.id",
      "t.name as template",
      "t.title",
      "t.icon",
      "t.category",
      "t.is_builtin as builtin",
      "v.version",
      "v.digest",
      "v.status",
      "v.author_id as authorId",
      "a.name as author",
      "v.contributor_ids as contributorIds",
      "v.created_at as createdAt",
      "v.submitted_at as submittedAt",
      "v.published_at as publishedAt",
      "v.checks",
      eb.cast<number>(eb.fn.coalesce("e.living", sql<bigint>`0`), "integer").as("environments"),
    ]);
  const rows = await rowsOf(template === undefined ? all : all.where("t.name", "=", template));
  return rows.map((row) => ({
    ...inText(row),
    submittedAt: row.submittedAt?.toISOString() ?? null,
    checks: readableChecks(row.checks),
  }));
}

function inText<Row extends { createdAt: Date; publishedAt: Date | null }>(row: Row) {
  const { createdAt, publishedAt } = row;
  return { ...row, createdAt: createdAt.toISOString(), publishedAt: publishedAt?.toISOString() ?? null };
}

/** A row that was damaged shows none; they are made again when it is submitted. */
function readableChecks(stored: unknown): VersionCheck[] {
  return versionCheckSchema.array().safeParse(stored).data ?? [];
}
