"use client";

import { formatExact, toMs } from "@/lib/kernel/format";
import { leaseWords } from "./lease-words";

export interface LeaseLeftProps {
  endsAt: string | null;
  /** False while nothing runs yet: the lease is counted from then on. */
  begun?: boolean;
  className?: string;
}

/** "11 days left", "ended 2 days ago"; the exact end on hover. */
export function LeaseLeft({ endsAt, begun = true, className }: LeaseLeftProps) {
  if (!endsAt) {
    return (
      <span className={`text-muted ${className ?? ""}`}>{begun ? "no end set" : "begins when it runs"}</span>
    );
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
