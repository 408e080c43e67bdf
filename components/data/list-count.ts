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
