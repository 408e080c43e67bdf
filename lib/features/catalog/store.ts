import { sql } from "kysely";
import { jsonArrayFrom } from "kysely/helpers/postgres";
import { runRows } from "@/lib/engine/run/postgres/joins";
import { environmentRows } from "@/lib/features/environments/joins";
import { newId } from "@/lib/kernel/ids";
import { getPrisma, likeText, rowOf, rowsOf, statements, type Tx } from "@/lib/platform/db";

/** What the catalog says about a template. */
export interface TemplateTexts {
  title: string;
  description: string;
  icon: string;
  category: string;
  tags: string[];
  ownerTeam: string;
}

/** A template with its published versions, in no order. */
export interface StoredTemplate {
  id: string;
  name: string;
  title: string;
  description: string;
  category: string;
  icon: string;
  tags: string[];
  owner: string;
  builtin: boolean;
  published: { id: string; version: string }[];
}

const templates = statements
  .selectFrom("template as t")
  .select((eb) => [
    "t.id",
    "t.name",
    "t.title",
    "t.description",
    "t.category",
    "t.icon",
    "t.tags",
    "t.owner_team as owner",
    "t.is_builtin as builtin",
    jsonArrayFrom(
      eb
        .selectFrom("template_version as v")
        .select(["v.id", "v.version"])
        .whereRef("v.template_id", "=", "t.id")
        .where("v.status", "=", "published"),
    ).as("published"),
  ]);

/** The templates by category and title, also without a published version. */
export async function listStoredTemplates(filter: {
  q?: string | undefined;
  category?: string | undefined;
  tag?: string | undefined;
}): Promise<StoredTemplate[]> {
  const { q, category, tag } = filter;
  let listed = templates.orderBy("t.category").orderBy("t.title");
  if (q) {
    const words = sql`t.name || ' ' || t.title || ' ' || t.description || ' ' || array_to_string(t.tags, ' ')`;
    listed = listed.where(sql<boolean>`${words} ILIKE ${`%${likeText(q)}%`}`);
  }
  if (category !== undefined) listed = listed.where("t.category", "=", category);
  if (tag !== undefined) listed = listed.where((eb) => eb(eb.val(tag), "=", eb.fn.any("t.tags")));
  return await rowsOf(listed);
}

/** A template by name. */
export async function findTemplate(name: string): Promise<StoredTemplate | null> {
  const published = { where: { status: "published" }, select: { id: true, version: true } } as const;
  const row = await getPrisma().template.findUnique({ where: { name }, include: { versions: published } });
  if (!row) return null;
  const { id, title, description, category, icon, tags, ownerTeam, isBuiltin, versions } = row;
  const texts = { title, description, category, icon, tags, owner: ownerTeam };
  return { id, name, ...texts, builtin: isBuiltin, published: versions };
}

/** Category and tags of every template that has a published version. */
export async function listFacets(): Promise<{ category: string; tags: string[] }[]> {
  return await getPrisma().template.findMany({
    where: { versions: { some: { status: "published" } } },
    select: { category: true, tags: true },
  });
}

/** Templates that have more than drafts by title, 200 at most, as a filter offers them. */
export async function listTemplateFacets(): Promise<{ value: string; label: string }[]> {
  const rows = await getPrisma().template.findMany({
    where: { versions: { some: { status: { not: "draft" } } } },
    select: { name: true, title: true },
    orderBy: { title: "asc" },
    take: 200,
  });
  return rows.map(({ name, title }) => ({ value: name, label: title }));
}

/** Makes sure that a template exists, and locks it until the transaction ends. Its texts stay when it does. */
export async function lockTemplate(
  tx: Tx,
  template: TemplateTexts & { name: string; isBuiltin: boolean },
): Promise<string> {
  await tx.prisma.template.createMany({
    data: [{ id: newId("template"), ...template }],
    skipDuplicates: true,
  });
  const row = await rowOf(
    statements.selectFrom("template").select("id").where("name", "=", template.name).forNoKeyUpdate(),
    tx,
  );
  return row?.id ?? "";
}

/** Name and origin of a template. Throws when there is none. */
export async function getOrigin(tx: Tx, id: string): Promise<{ name: string; isBuiltin: boolean }> {
  const select = { name: true, isBuiltin: true } as const;
  return await tx.prisma.template.findUniqueOrThrow({ where: { id }, select });
}

/** Gives a template other texts. */
export async function describeTemplate(tx: Tx, id: string, texts: TemplateTexts): Promise<void> {
  await tx.prisma.template.update({ where: { id }, data: texts });
}

interface StatsRow {
  templateId: string;
  running: number;
  /** Median of the seconds that successful create runs took. */
  typicalSeconds: number | null;
  successRate: number | null;
}

/**
 * Per template: the living environments, and how its create runs of the last 90 days went. Those of the demo count
 * where there are no others.
 */
export async function listStats(): Promise<StatsRow[]> {
  return await rowsOf(
    statements
      .with("living", (db) =>
        db
          .selectFrom(environmentRows.as("e"))
          .innerJoin("template_version as v", "v.id", "e.template_version_id")
          .select((eb) => ["v.template_id", eb.cast<number>(eb.fn.countAll(), "integer").as("running")])
          .where("e.destroyed_at", "is", null)
          .where("e.status", "<>", "destroyed")
          .groupBy("v.template_id"),
      )
      .with("made", (db) =>
        db
          .selectFrom(runRows.as("r"))
          .innerJoin(environmentRows.as("e"), "e.id", "r.environment_id")
          .innerJoin("template_version as v", "v.id", "e.template_version_id")
          .select(({ eb, fn }) => [
            "v.template_id",
            fn
              .agg<number | null>("percentile_cont", [sql.lit(0.5)])
              .withinGroupOrderBy(sql`extract(epoch FROM r.finished_at - r.started_at)`)
              .filterWhere("r.status", "=", "succeeded")
              .as("typical"),
            fn.avg<string>(eb.cast<number>(eb("r.status", "=", "succeeded"), "integer")).as("rate"),
            fn
              .agg<bigint>("row_number")
              .over((over) => over.partitionBy("v.template_id").orderBy("e.is_demo"))
              .as("place"),
          ])
          .where("r.kind", "=", "create")
          .where("r.status", "in", ["succeeded", "failed"])
          .where("r.finished_at", "is not", null)
          .where("r.created_at", ">", sql<Date>`now() - interval '90 days'`)
          .groupBy(["v.template_id", "e.is_demo"]),
      )
      .selectFrom("template as t")
      .leftJoin("living as l", "l.template_id", "t.id")
      .leftJoin("made as m", (join) => join.onRef("m.template_id", "=", "t.id").on("m.place", "=", 1n))
      .select((eb) => [
        "t.id as templateId",
        eb.fn.coalesce("l.running", sql<number>`0`).as("running"),
        eb.cast<number | null>("m.typical", "float8").as("typicalSeconds"),
        eb.cast<number | null>("m.rate", "float8").as("successRate"),
      ]),
  );
}
