import semver from "semver";
import { logicalPorts } from "@/lib/clouds/logical-ports";
import { formPages } from "@/lib/engine/parameters";
import { componentGraph } from "@/lib/engine/template";
import type { Manifest } from "@/lib/engine/template/types";
import { notFound } from "@/lib/kernel/errors";
import { type Actor, can } from "@/lib/platform/auth";
import { implementationsOf } from "./checks";
import { type LoadedVersion, loadVersions } from "./load-version";
import { orderedManifest } from "./ordered-manifest";
import { productOf } from "./products";
import { isReleased } from "./rules";
import type { TemplateDetail, TemplateQuery, TemplateSummary, VersionDetail, VersionStatus } from "./schema";
import { type TemplateStats, templateStats } from "./stats";
import { findTemplate, listFacets, listStoredTemplates, type StoredTemplate } from "./store";
import { findDetail, getVersionId, listVersionsOf } from "./store-versions";

export type PriceRange = { from: string; to: string; currency: string };

export interface CatalogOptions {
  /** Prices the presets of a version; null when the price is unknown. Money is another feature's business. */
  priceOf?: (version: LoadedVersion) => Promise<PriceRange | null>;
}

/** The catalog by category and title. Templates without a published version are for reviewers who ask for all. */
export async function listTemplates(
  actor: Actor,
  filter: TemplateQuery = {},
  options: CatalogOptions = {},
): Promise<TemplateSummary[]> {
  const all = filter.all === true && can(actor, "template.review");
  const rows = await listStoredTemplates(filter);
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
  const row = await findTemplate(name);
  if (!row) throw notFound(`The template ${name}`);
  const versions = (await listVersionsOf(row.id)).filter((version) => isVisible(actor, version.status));
  if (versions.length === 0) throw notFound(`The template ${name}`);
  versions.sort((left, right) => semver.rcompare(left.version, right.version));
  const [summary] = await toSummaries([row], options);
  if (!summary) throw notFound(`The template ${name}`);
  return { ...summary, versions };
}

/**
 * Everything about one version: manifest, form, presets, components, files, checks.
 * @throws AppError not_found
 */
export async function getVersion(actor: Actor, name: string, version: string): Promise<VersionDetail> {
  const row = await findDetail(await getVersionId(name, version));
  if (!row || !isVisible(actor, row.status)) throw notFound(`Version ${version} of ${name}`);
  const manifest = orderedManifest(row.digest, row.manifest, row.source);
  return {
    ...row,
    template: name,
    title: manifest.metadata.title,
    contact: manifest.metadata.contact ?? null,
    manifest: { ...manifest },
    form: formPages(manifest),
    presets: manifest.spec.presets,
    components: componentSummaries(manifest),
  };
}

/** Categories and tags in use, for filters. */
export async function catalogFacets(): Promise<{ categories: string[]; tags: string[] }> {
  const rows = await listFacets();
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
  rows: readonly StoredTemplate[],
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
  row: StoredTemplate,
  newest: StoredTemplate["published"][number] | undefined,
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
    owner: row.owner,
    builtin: row.builtin,
    version: newest?.version ?? null,
    versionId: newest?.id ?? null,
    running: stats?.running ?? 0,
    typicalSeconds: stats?.typicalSeconds ?? null,
    successRate: stats?.successRate ?? null,
    price,
  };
}

function componentSummaries(manifest: Manifest): VersionDetail["components"] {
  const graph = componentGraph(manifest);
  return Object.entries(manifest.spec.components).map(([name, component]) => ({
    name,
    title: component.title ?? name,
    description: component.description ?? "",
    icon: component.icon ?? "box",
    product: productOf(component),
    ports: logicalPorts({ ...(component.container ?? component.process) }),
    implementations: implementationsOf(component),
    requires: [...graph.predecessors(name)],
    backup: component.backup !== undefined || hasOwnBackup(component),
  }));
}

function hasOwnBackup(component: Manifest["spec"]["components"][string]): boolean {
  return implementationsOf(component).some((kind) => component[kind]?.backup !== undefined);
}
