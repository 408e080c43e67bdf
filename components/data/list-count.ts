import { formatCount, formatNumber, NBSP } from "@/lib/kernel/format";

/** How many rows a list has. */
export interface ListCount {
  rows: number;
  /** There are more than that, uncounted. */
  more: boolean;
}

/** "248 environments", "1,000+ environments". */
export function countWords({ rows, more }: ListCount, noun: string): string {
  return more ? `${formatNumber(rows, 0)}+${NBSP}${noun}s` : formatCount(rows, noun);
}

/** Beyond, a list says only that there are more: counting a whole table would take longer than reading the page. */
const mostCounted = 1_000;

/**
 * How many rows a list has. Its last page says so itself: no other count is asked for where it is the only one, and its
 * place tells where counting is left out or ends too early.
 * @param place how many rows the pages before have, undefined where nothing says so
 * @param count null where counting would read every row's texts: then only what was listed so far is known
 */
export async function listCount(
  page: { items: readonly unknown[]; nextCursor: string | null },
  place: { cursor: string | undefined; before: number | undefined },
  count: ((most: number) => Promise<number>) | null,
): Promise<ListCount> {
  const rows = (place.before ?? 0) + page.items.length;
  const isWhole = page.nextCursor === null && place.before !== undefined;
  if (isWhole && place.cursor === undefined) return { rows, more: false };
  if (!count) return { rows, more: !isWhole };
  // One more than is told, to know whether there are more.
  const found = await count(mostCounted + 1);
  if (found <= mostCounted) return { rows: found, more: false };
  return isWhole ? { rows, more: false } : { rows: mostCounted, more: true };
}
