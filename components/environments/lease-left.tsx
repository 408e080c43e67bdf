"use client";

import { formatCount, formatExact, toMs } from "@/lib/kernel/format";
import { leaseWords } from "./lease-words";

export interface LeaseLeftProps {
  endsAt: string | null;
  /** False while nothing runs yet: the lease starts with the creation. */
  begun?: boolean;
  /** Length of a lease that has not started, as the plan has it. */
  plannedDays?: number | null | undefined;
  className?: string;
}

/** "11 days left", "expired 2 days ago"; the exact end on hover. */
export function LeaseLeft({ endsAt, begun = true, plannedDays, className }: LeaseLeftProps) {
  if (!endsAt) {
    const planned = plannedDays ? `${formatCount(plannedDays, "day")} once created` : "Starts when created";
    return <span className={`text-muted ${className ?? ""}`}>{begun ? "No expiry" : planned}</span>;
  }
  const { text, soon } = leaseWords(toMs(endsAt) - Date.now());
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
