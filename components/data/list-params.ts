/** A list's search, filters, sort and place, kept in the page's address. Pure: used on both sides. */

export type SearchParams = Record<string, string | string[] | undefined>;

/** The address with some parameters changed; undefined or "" takes one away. Changing anything restarts paging. */
export function listHref(
  path: string,
  params: SearchParams,
  changes: Record<string, string | undefined>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (name === "cursor" || name === "before" || name in changes) continue;
    for (const each of Array.isArray(value) ? value : [value]) if (each) query.append(name, each);
  }
  for (const [name, value] of Object.entries(changes)) if (value) query.set(name, value);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** Rows of a page that can be chosen. */
export const pageSizes = [25, 50, 100] as const;
export type PageSize = (typeof pageSizes)[number];
/** The cookie that keeps what was chosen in this browser. */
export const pageSizeCookie = "rostrum_page_size";

/** Rows per page: as the address says, else as it was chosen last in this browser, else fifty. */
export function pageSizeOf(params: SearchParams, remembered: string | undefined): PageSize {
  const known = (value: string | undefined) => pageSizes.find((one) => String(one) === value);
  return known(firstParam(params, "limit")) ?? known(remembered) ?? 50;
}

/** The first value of a parameter. */
export function firstParam(params: SearchParams, name: string): string | undefined {
  const value = params[name];
  return Array.isArray(value) ? value[0] : value;
}

/** `sort=name` ascending, `sort=-name` descending. */
export function readSort(params: SearchParams): { key: string; descending: boolean } | undefined {
  const sort = firstParam(params, "sort");
  if (!sort) return undefined;
  return sort.startsWith("-") ? { key: sort.slice(1), descending: true } : { key: sort, descending: false };
}

/** What clicking a column does: ascending, descending, and back to the list's own order. */
export function nextSort(params: SearchParams, key: string): string | undefined {
  const sort = readSort(params);
  if (sort?.key !== key) return key;
  return sort.descending ? undefined : `-${key}`;
}

/** The first value of a parameter where it is one of the known ones: addresses are typed and shared by people. */
export function choiceParam<Value extends string>(
  params: SearchParams,
  name: string,
  known: readonly Value[],
): Value | undefined {
  const value = firstParam(params, name);
  return known.find((one) => one === value);
}

/** What a list is sorted by, as its query takes it: a known column and its direction, or nothing. */
export function sortFilter<Key extends string>(
  params: SearchParams,
  known: readonly Key[],
): { sort?: Key; direction?: "asc" | "desc" } {
  const sort = readSort(params);
  const key = known.find((one) => one === sort?.key);
  return sort && key ? { sort: key, direction: sort.descending ? "desc" : "asc" } : {};
}

/** What a list can be sorted by, both ways, for a select. */
export function sortOptions(
  columns: readonly { header: string; sort?: string }[],
): { value: string; label: string }[] {
  return columns.flatMap(({ header, sort }) =>
    sort
      ? [
          { value: sort, label: `${header}, ascending` },
          { value: `-${sort}`, label: `${header}, descending` },
        ]
      : [],
  );
}
