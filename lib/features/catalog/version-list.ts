import semver from "semver";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import type { VersionCheck, VersionListItem } from "./schema";
import { countInReview, listAllVersions } from "./store-versions";

/** Every version of every template (or of one), by title and newest first, drafts too: for those who review. */
export async function listVersions(actor: Actor, template?: string): Promise<VersionListItem[]> {
  requirePermission(actor, "template.review", { what: "Templates" });
  const rows = await listAllVersions(template);
  return rows
    .map((row) => ({ ...row, checks: worst(row.checks) }))
    .sort((left, right) => left.title.localeCompare(right.title) || byVersion(left, right));
}

/** How many versions wait for a review; `most` stands for that many or more. */
export async function countReviews(actor: Actor, most: number): Promise<number> {
  requirePermission(actor, "template.review", { what: "Templates" });
  return await countInReview(most);
}

function byVersion(left: { version: string }, right: { version: string }): number {
  return semver.rcompare(left.version, right.version);
}

function worst(checks: readonly VersionCheck[]): VersionCheck["state"] | null {
  const states = checks.map((check) => check.state);
  const order: VersionCheck["state"][] = ["failed", "warning", "passed"];
  return order.find((state) => states.includes(state)) ?? null;
}
