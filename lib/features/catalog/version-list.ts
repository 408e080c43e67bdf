import semver from "semver";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { type VersionCheck, type VersionListItem, versionCheckSchema } from "./schema";

type Stored = "createdAt" | "submittedAt" | "publishedAt" | "checks";
interface VersionRow extends Omit<VersionListItem, Stored> {
  createdAt: Date;
  submittedAt: Date | null;
  publishedAt: Date | null;
  checks: unknown;
}

/** Every version of every template (or of one), by title and newest first, drafts too: for those who review. */
export async function listVersions(actor: Actor, template?: string): Promise<VersionListItem[]> {
  requirePermission(actor, "template.review", { what: "Templates" });
  const rows = await query<VersionRow>(
    `SELECT v.id, t.name AS template, t.title, t.icon, t.category, t.is_builtin AS builtin, v.version, v.digest,
            v.status::text AS status, v.author_id AS "authorId", a.name AS author,
            v.contributor_ids AS "contributorIds", v.created_at AS "createdAt",
            v.submitted_at AS "submittedAt", v.published_at AS "publishedAt", v.checks,
            coalesce(e.living, 0)::int AS environments
       FROM template_version v JOIN template t ON t.id = v.template_id
       LEFT JOIN app_user a ON a.id = v.author_id
       LEFT JOIN (SELECT template_version_id, count(*) AS living FROM environment WHERE destroyed_at IS NULL
                   GROUP BY template_version_id) e ON e.template_version_id = v.id
      WHERE $1::text IS NULL OR t.name = $1`,
    [template ?? null],
  );
  return rows
    .map((row) => ({
      ...row,
      createdAt: row.createdAt.toISOString(),
      submittedAt: row.submittedAt?.toISOString() ?? null,
      publishedAt: row.publishedAt?.toISOString() ?? null,
      checks: worst(row.checks),
    }))
    .sort((left, right) => left.title.localeCompare(right.title) || byVersion(left, right));
}

function byVersion(left: { version: string }, right: { version: string }): number {
  return semver.rcompare(left.version, right.version);
}

function worst(stored: unknown): VersionCheck["state"] | null {
  const checks = versionCheckSchema.array().safeParse(stored).data ?? [];
  const states = checks.map((check) => check.state);
  const order: VersionCheck["state"][] = ["failed", "warning", "passed"];
  return order.find((state) => states.includes(state)) ?? null;
}
