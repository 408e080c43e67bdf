import { compare } from "semver";
import { type VersionFilter, type VersionListItem, type VersionSort, versionStatuses } from "./schema";

type Compare = (left: VersionListItem, right: VersionListItem) => number;

const orders: Record<VersionSort, Compare> = {
  title: (left, right) => left.title.localeCompare(right.title, "en"),
  status: (left, right) => versionStatuses.indexOf(left.status) - versionStatuses.indexOf(right.status),
  category: (left, right) => left.category.localeCompare(right.category, "en"),
  // What is not published yet is the newest of all.
  published: (left, right) => atMs(left.publishedAt) - atMs(right.publishedAt),
  environments: (left, right) => left.environments - right.environments,
};
const never = Number.MAX_SAFE_INTEGER;

function atMs(instant: string | null): number {
  return instant === null ? never : Date.parse(instant);
}

/** Versions in another order; what is equal goes by title, the newest version first. */
export function sortVersions<Row extends VersionListItem>(
  rows: readonly Row[],
  { sort = "title", direction = "asc" }: Pick<VersionFilter, "sort" | "direction">,
): Row[] {
  const sign = direction === "desc" ? -1 : 1;
  return [...rows].sort(
    (left, right) =>
      sign * orders[sort](left, right) || orders.title(left, right) || compare(right.version, left.version),
  );
}

/** The versions that a filter asks for, in its order. */
export function chooseVersions<Row extends VersionListItem>(
  rows: readonly Row[],
  filter: VersionFilter,
): Row[] {
  const words = filter.q?.toLowerCase() ?? "";
  const matching = rows.filter(
    (row) =>
      `${row.title} ${row.template} ${row.category}`.toLowerCase().includes(words) &&
      (!filter.status || row.status === filter.status),
  );
  return sortVersions(matching, filter);
}
