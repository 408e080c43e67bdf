import semver from "semver";
import { formPages } from "@/lib/engine/parameters";
import { componentEdges, inFileOrder } from "@/lib/engine/template";
import type { Manifest } from "@/lib/engine/template/types";
import { notFound } from "@/lib/kernel/errors";
import { type Actor, can } from "@/lib/platform/auth";
import { likeText, query } from "@/lib/platform/db";
import { implementationsOf } from "./checks";
import { findVersionId } from "./lifecycle";
import { type LoadedVersion, loadVersions } from "./load-version";
import { isReleased } from "./rules";
import {
  type TemplateDetail,
  type TemplateQuery,
  type TemplateSummary,
  type VersionDetail,
  type VersionStatus,
  versionCheckSchema,
} from "./schema";
import { type TemplateStats, templateStats } from "./stats";

export type PriceRange = { from: string; to: string; currency: string };

export interface CatalogOptions {
  /** Prices the presets of a version; null when the price is unknown. Money is another feature's business. */
  priceOf?: (version: LoadedVersion) => Promise<PriceRange | null>;
}

interface TemplateRow {
  id: string;
  name: string;
  title: string;
  description: string;
  category: string;
  icon: string;
  tags: string[];
  owner_team: string;
  is_builtin: boolean;
  published: { id: string; version: string }[];
}

const columns = `t.id, t.name, t.title, t.description, t.category, t.icon, t.tags, t.owner_team, t.is_builtin,
  coalesce((SELECT jsonb_agg(jsonb_build_object('id', v.id, 'version', v.version)) FROM template_version v
             WHERE v.template_id = t.id AND v.status = 'published'), '[]') AS published`;

/** The catalog by category and title. Templates without a published version are for reviewers who ask for all. */
export async function listTemplates(
  actor: Actor,
  filter: TemplateQuery = {},
  options: CatalogOptions = {},
): Promise<TemplateSummary[]> {
  const all = filter.all === true && can(actor, "template.review");
  const rows = await query<TemplateRow>(
    `SELECT ${columns} FROM template t
      WHERE ($1::text IS NULL OR t.name || ' ' || t.title || ' ' || t.description || ' ' ||
             array_to_string(t.tags, ' ') ILIKE '%' || $1 || '%')
        AND ($2::text IS NULL OR t.category = $2) AND ($3::text IS NULL OR $3 = ANY(t.tags))
      ORDER BY t.category, t.title`,
    [filter.q ? likeText(filter.q) : null, filter.category ?? null, filter.tag ?? null],
  );
  return await toSummaries(
    rows.filter((row) => all || row.published.length > 0),
    options,
  );
}

/**
 * One template with its versions; drafts and versions in review only for reviewers.
 * @throws AppError not_found
 */
export async function getTemplate(
  actor: Actor,
  name: string,
  options: CatalogOptions = {},
): Promise<TemplateDetail> {
  const [row] = await query<TemplateRow>(`SELECT ${columns} FROM template t WHERE t.name = $1`, [name]);
  if (!row) throw notFound(`The template ${name}`);
  const versions = (await versionRows(row.id)).filter((version) => isVisible(actor, version.status));
  if (versions.length === 0) throw notFound(`The template ${name}`);
  versions.sort((left, right) => semver.rcompare(left.version, right.version));
  const [summary] = await toSummaries([row], options);
  if (!summary) throw notFound(`The template ${name}`);
  return { ...summary, versions: versions.map(toVersionSummary) };
}

/**
 * Everything about one version: manifest, form, presets, components, files, checks.
 * @throws AppError not_found
 */
export async function getVersion(actor: Actor, name: string, version: string): Promise<VersionDetail> {
  const id = await findVersionId(name, version);
  // One statement: the digest must be the one of the text and files beside it.
  const [row] = await query<DetailRow>(
    `SELECT ${versionColumns}, v.source, v.manifest, v.checks, v.review_note,
            coalesce((SELECT jsonb_agg(jsonb_build_object('path', f.path, 'sizeBytes', length(f.content),
                      'executable', f.executable, 'sha256', f.sha256) ORDER BY f.path)
                        FROM template_file f WHERE f.version_id = v.id), '[]') AS files
       FROM ${versionTables} WHERE v.id = $1`,
    [id],
  );
  if (!row || !isVisible(actor, row.status)) throw notFound(`Version ${version} of ${name}`);
  const manifest = inFileOrder(row.manifest, row.source);
  return {
    ...toVersionSummary(row),
    template: name,
    title: manifest.metadata.title,
    source: row.source,
    manifest: { ...manifest },
    form: formPages(manifest),
    presets: manifest.spec.presets,
    components: componentSummaries(manifest),
    files: row.files,
    // A row that was damaged shows none; they are made again when it is submitted.
    checks: versionCheckSchema.array().safeParse(row.checks).data ?? [],
    reviewNote: row.review_note,
    submittedAt: row.submitted_at?.toISOString() ?? null,
    retiredAt: row.retired_at?.toISOString() ?? null,
  };
}

/** Categories and tags in use, for filters. */
export async function catalogFacets(): Promise<{ categories: string[]; tags: string[] }> {
  const rows = await query<{ category: string; tags: string[] }>(
    `SELECT category, tags FROM template t WHERE EXISTS
       (SELECT 1 FROM template_version v WHERE v.template_id = t.id AND v.status = 'published')`,
  );
  const unique = (values: string[]) => [...new Set(values)].sort();
  return {
    categories: unique(rows.map((row) => row.category)),
    tags: unique(rows.flatMap((row) => row.tags)),
  };
}

function isVisible(actor: Actor, status: VersionStatus): boolean {
  return isReleased(status) || can(actor, "template.review");
}

async function toSummaries(
  rows: readonly TemplateRow[],
  { priceOf }: CatalogOptions,
): Promise<TemplateSummary[]> {
  const newest = rows.map(
    (row) => row.published.sort((left, right) => semver.rcompare(left.version, right.version))[0],
  );
  const [stats, versions] = await Promise.all([
    templateStats(),
    priceOf ? loadVersions(newest.flatMap((one) => (one ? [one.id] : []))) : new Map<string, LoadedVersion>(),
  ]);
  return await Promise.all(
    rows.map(async (row, index) => {
      const version = versions.get(newest[index]?.id ?? "");
      const price = version && priceOf ? await priceOf(version) : null;
      return toSummary(row, newest[index], stats.get(row.id), price);
    }),
  );
}

function toSummary(
  row: TemplateRow,
  newest: TemplateRow["published"][number] | undefined,
  stats: TemplateStats | undefined,
  price: PriceRange | null,
): TemplateSummary {
  return {
    id: row.id,
    name: row.name,
    title: row.title,
    description: row.description,
    category: row.category,
    icon: row.icon,
    tags: row.tags,
    owner: row.owner_team,
    builtin: row.is_builtin,
    version: newest?.version ?? null,
    versionId: newest?.id ?? null,
    running: stats?.running ?? 0,
    typicalSeconds: stats?.typicalSeconds ?? null,
    successRate: stats?.successRate ?? null,
    price,
  };
}

interface VersionRow {
  id: string;
  version: string;
  digest: string;
  status: VersionStatus;
  author: string | null;
  contributors: string[];
  reviewer: string | null;
  created_at: Date;
  submitted_at: Date | null;
  published_at: Date | null;
  retired_at: Date | null;
  environments: number;
}

interface DetailRow extends VersionRow {
  source: string;
  /** What parseManifest gave when the version was imported. */
  manifest: Manifest;
  checks: unknown;
  review_note: string;
  files: VersionDetail["files"];
}

/** Names of everybody whose content is or was in a version, by name; of SQL's `v`. */
const contributorNames = `ARRAY(SELECT c.name FROM app_user c WHERE c.id = ANY(v.contributor_ids) ORDER BY c.name)`;
const versionColumns = `v.id, v.version, v.digest, v.status::text AS status, a.name AS author, r.name AS reviewer,
  ${contributorNames} AS contributors, v.created_at, v.submitted_at, v.published_at, v.retired_at,
  (SELECT count(*) FROM environment e WHERE e.template_version_id = v.id AND e.destroyed_at IS NULL)::int
    AS environments`;
const versionTables = `template_version v LEFT JOIN app_user a ON a.id = v.author_id
  LEFT JOIN app_user r ON r.id = v.reviewer_id`;

async function versionRows(templateId: string): Promise<VersionRow[]> {
  const text = `SELECT ${versionColumns} FROM ${versionTables} WHERE v.template_id = $1`;
  return await query<VersionRow>(text, [templateId]);
}

function toVersionSummary(row: VersionRow) {
  return {
    id: row.id,
    version: row.version,
    digest: row.digest,
    status: row.status,
    author: row.author,
    contributors: row.contributors,
    reviewer: row.reviewer,
    createdAt: row.created_at.toISOString(),
    publishedAt: row.published_at?.toISOString() ?? null,
    environments: row.environments,
  };
}

function componentSummaries(manifest: Manifest): VersionDetail["components"] {
  const edges = componentEdges(manifest);
  return Object.entries(manifest.spec.components).map(([name, component]) => ({
    name,
    title: component.title ?? name,
    description: component.description ?? "",
    icon: component.icon ?? "box",
    implementations: implementationsOf(component),
    requires: [...new Set(edges.filter((edge) => edge.from === name).map((edge) => edge.to))],
    backup: component.backup !== undefined || hasOwnBackup(component),
  }));
}

function hasOwnBackup(component: Manifest["spec"]["components"][string]): boolean {
  return implementationsOf(component).some((kind) => component[kind]?.backup !== undefined);
}
