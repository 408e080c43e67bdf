import { formatCount } from "@/lib/kernel/format";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Below this a lease's end is worth a warning. */
const soonMs = 2 * dayMs;

/** How long a lease still goes, as planning needs it: whole days far away, hours near the end. */
export function leaseWords(leftMs: number): { text: string; soon: boolean } {
  const size = Math.abs(leftMs);
  const amount =
    size >= soonMs
      ? formatCount(Math.round(size / dayMs), "day")
      : size >= hourMs
        ? formatCount(Math.round(size / hourMs), "hour")
        : formatCount(Math.max(1, Math.round(size / 60_000)), "minute");
  return { text: leftMs > 0 ? `${amount} left` : `expired ${amount} ago`, soon: leftMs < soonMs };
}
