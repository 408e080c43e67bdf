import "server-only";
import type { ListCount } from "@/components/data/list-count";

/** Beyond, a list says only that there are more: counting a whole table would take longer than reading the page. */
const mostCounted = 1_000;

/**
 * How many rows a list has: the page itself says so where it is the only one.
 * @param count null where counting would read every row's texts: then only what the page holds is known
 */
export async function listCount(
  page: { items: readonly unknown[]; nextCursor: string | null },
  cursor: string | undefined,
  count: ((most: number) => Promise<number>) | null,
): Promise<ListCount> {
  if (page.nextCursor === null && cursor === undefined) return { rows: page.items.length, more: false };
  if (!count) return { rows: page.items.length, more: true };
  // One more than is told, to know whether there are more.
  const found = await count(mostCounted + 1);
  return { rows: Math.min(found, mostCounted), more: found > mostCounted };
}
