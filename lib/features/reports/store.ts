import { sql } from "kysely";
import { templateRows, versionRows } from "@/lib/features/catalog/joins";
import { environmentRows } from "@/lib/features/environments/joins";
import { approvalRows, requestRows } from "@/lib/features/requests/joins";
import { type Db, pooled, rowsOf, statements } from "@/lib/platform/db";
import type { FulfillmentRow, RelianceRow } from "./schema";

/** Projects that a report is about; null for all. */
export type Scope = readonly string[] | null;

/** How requests for new environments ended, in all (template "") and per template, at most 500. */
export async function listFulfillment(
  scope: Scope,
  days: number,
  db: Db = pooled,
): Promise<Omit<FulfillmentRow, "successRate">[]> {
  const asked = statements
    .selectFrom(requestRows.as("q"))
    .innerJoin(environmentRows.as("e"), "e.id", "q.environment_id")
    .innerJoin(versionRows.as("v"), "v.id", "e.template_version_id")
    .innerJoin(templateRows.as("t"), "t.id", "v.template_id")
    .select((eb) => [
      "t.name",
      "t.title",
      "q.status",
      sql<number | null>`CASE WHEN q.status = 'succeeded'
        THEN extract(epoch FROM q.finished_at - q.created_at) END`.as("lead"),
      eb
        .selectFrom(approvalRows.as("a"))
        .select(sql<number | null>`extract(epoch FROM min(a.created_at) - q.created_at)`.as("waited"))
        .whereRef("a.request_id", "=", "q.id")
        .as("decision"),
    ])
    .where("q.kind", "=", "create")
    .where("q.created_at", ">", daysAgo(days))
    .where(isIn(scope, "q.project_id"));
  const report = statements
    .selectFrom(asked.as("asked"))
    .select([
      sql<string>`coalesce(name, '')`.as("template"),
      sql<string>`coalesce(title, 'All')`.as("title"),
      sql<number>`count(*)::int`.as("requests"),
      sql<number>`count(*) FILTER (WHERE status = 'succeeded')::int`.as("succeeded"),
      sql<number>`count(*) FILTER (WHERE status = 'failed')::int`.as("failed"),
      sql<number>`count(*) FILTER (WHERE status = 'rejected')::int`.as("rejected"),
      percentile("lead", 0.5).as("leadP50"),
      percentile("lead", 0.95).as("leadP95"),
      percentile("decision", 0.5).as("decisionP50"),
    ])
    .groupBy(sql`GROUPING SETS ((name, title), ())`)
    .having(sql<boolean>`count(*) > 0`)
    .orderBy("name", (order) => order.asc().nullsFirst())
    .limit(500);
  return await rowsOf(report, db);
}

/** Whether the project in a column is one of the report's. */
export const isIn = (scope: Scope, column: `${string}.project_id`) =>
  scope === null ? sql<boolean>`true` : sql<boolean>`${sql.ref(column)} = ANY(${scope})`;

const daysAgo = (days: number) => sql<Date>`now() - make_interval(days => ${days})`;

const percentile = (column: "lead" | "decision", share: number) =>
  sql<number | null>`percentile_cont(${sql.lit(share)}) WITHIN GROUP (ORDER BY ${sql.ref(column)})::float8`;

/** A template, what it is used for, and what is known of its versions. */
export interface Reliance extends Omit<RelianceRow, "newest" | "outdated"> {
  published: string[];
  /** Living environments per version; null when there are none. */
  versions: Record<string, number> | null;
}

const publishedOfTemplate = statements
  .selectFrom(versionRows.as("n"))
  .select("n.version")
  .where("n.template_id", "=", sql.ref<string>("t.id"))
  .where("n.status", "=", "published");

/** How much each template is used, the most used first, at most 500. */
export async function listReliance(scope: Scope, days: number, db: Db = pooled): Promise<Reliance[]> {
  const use = statements
    .selectFrom(environmentRows.as("e"))
    .innerJoin(versionRows.as("v"), "v.id", "e.template_version_id")
    .select([
      "v.template_id",
      "v.version",
      "e.project_id",
      "e.owner_id",
      "e.status",
      "e.created_at",
      sql<boolean>`e.destroyed_at IS NULL AND e.status <> 'pending'`.as("living"),
    ])
    .where(isIn(scope, "e.project_id"))
    .where((eb) => eb.or([eb("e.destroyed_at", "is", null), eb("e.created_at", ">", daysAgo(days))]));
  const report = statements
    .with("use", () => use)
    .with("sums", (db) =>
      db
        .selectFrom("use")
        .select([
          "template_id",
          sql<number>`count(*) FILTER (WHERE living)::int`.as("environments"),
          sql<number>`count(*) FILTER (WHERE living AND status = 'running')::int`.as("running"),
          sql<number>`count(DISTINCT owner_id) FILTER (WHERE living)::int`.as("people"),
          sql<number>`count(DISTINCT project_id) FILTER (WHERE living)::int`.as("projects"),
          sql<number>`count(*) FILTER (WHERE created_at > ${daysAgo(days)})::int`.as("created"),
        ])
        .groupBy("template_id"),
    )
    .with("living_of", (db) =>
      db
        .selectFrom("use")
        .select(["template_id", "version", sql<number>`count(*)::int`.as("living")])
        .where("living", "=", true)
        .groupBy(["template_id", "version"]),
    )
    .with("per_version", (db) =>
      db
        .selectFrom("living_of")
        .select([
          "template_id",
          sql<Record<string, number>>`jsonb_object_agg(version, living)`.as("versions"),
        ])
        .groupBy("template_id"),
    )
    .selectFrom(templateRows.as("t"))
    .leftJoin("sums as s", "s.template_id", "t.id")
    .leftJoin("per_version as p", "p.template_id", "t.id")
    .select([
      "t.name as template",
      "t.title",
      "t.icon",
      sql<number>`coalesce(s.environments, 0)`.as("environments"),
      sql<number>`coalesce(s.running, 0)`.as("running"),
      sql<number>`coalesce(s.people, 0)`.as("people"),
      sql<number>`coalesce(s.projects, 0)`.as("projects"),
      sql<number>`coalesce(s.created, 0)`.as("created"),
      "p.versions",
      sql<string[]>`ARRAY(${publishedOfTemplate})`.as("published"),
    ])
    .orderBy("environments", "desc")
    .orderBy("t.title")
    .limit(500);
  return await rowsOf(report, db);
}
