import { compare } from "semver";
import { type VersionListItem, versionStatuses } from "@/lib/features/catalog/schema";

export const versionSorts = ["title", "status", "category", "published", "environments"] as const;
export type VersionSort = (typeof versionSorts)[number];

type Compare = (left: VersionListItem, right: VersionListItem) => number;

const orders: Record<VersionSort, Compare> = {
  title: (left, right) => left.title.localeCompare(right.title, "en"),
  status: (left, right) => versionStatuses.indexOf(left.status) - versionStatuses.indexOf(right.status),
  category: (left, right) => left.category.localeCompare(right.category, "en"),
  // What is not published yet is the newest of all.
  published: (left, right) =>
    (left.publishedAt?.getTime() ?? never) - (right.publishedAt?.getTime() ?? never),
  environments: (left, right) => left.environments - right.environments,
};
const never = Number.MAX_SAFE_INTEGER;

/** Versions in another order; what is equal goes by title, the newest version first. */
export function sortVersions<Row extends VersionListItem>(
  rows: readonly Row[],
  { sort = "title", direction = "up" }: { sort?: VersionSort; direction?: "up" | "down" },
): Row[] {
  const sign = direction === "down" ? -1 : 1;
  return [...rows].sort(
    (left, right) =>
      sign * orders[sort](left, right) || orders.title(left, right) || compare(right.version, left.version),
  );
}
