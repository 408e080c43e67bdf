"use client";

import { formatDuration, formatExact, toMs } from "@/lib/kernel/format";

/** "11 days left", "ended 2 days ago"; the exact end on hover. */
export function LeaseLeft({ endsAt, className }: { endsAt: string | null; className?: string }) {
  if (!endsAt) return <span className={`text-muted ${className ?? ""}`}>no end set</span>;
  const leftMs = toMs(endsAt) - Date.now();
  const soon = leftMs < 3 * 86_400_000;
  const text = leftMs > 0 ? `${formatDuration(leftMs)} left` : `ended ${formatDuration(-leftMs)} ago`;
  return (
    <time
      dateTime={endsAt}
      title={formatExact(endsAt)}
      className={soon ? `text-warning-ink ${className ?? ""}` : className}
      suppressHydrationWarning
    >
      {text}
    </time>
  );
}
