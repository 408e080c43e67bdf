"use client";

import { useSyncExternalStore } from "react";
import {
  formatDate,
  formatDuration,
  formatExact,
  formatRelative,
  type Instant,
  toMs,
} from "@/lib/kernel/format";
import { cn } from "./cn";
import { useInBrowser } from "./use-in-browser";

// One timer for every time on the page; it stops when none is left.
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const never = () => () => {};

export interface TimeProps {
  value: Instant | null | undefined;
  /** Written when there is no value; "unknown" unless said otherwise ("never", "not yet"). */
  fallback?: string;
  className?: string;
}

/** An instant, relative and kept up to date, with the exact time in the viewer's zone on hover. */
export function Time({ value, fallback, className }: TimeProps) {
  // The snapshot is the text itself: React renders again only when the words change.
  const text = useSyncExternalStore(
    subscribe,
    () => formatRelative(value, Date.now()),
    () => formatRelative(value, Date.now()),
  );
  const exact = useInBrowser() ? formatExact(value) : undefined;
  if (value == null) return <span className={className}>{fallback ?? text}</span>;
  const ms = toMs(value);
  return (
    <time
      dateTime={Number.isFinite(ms) ? new Date(ms).toISOString() : undefined}
      title={exact}
      className={cn("whitespace-nowrap", className)}
      suppressHydrationWarning
    >
      {text}
    </time>
  );
}

/** How long something has taken so far; counts up while `until` is absent. */
export function Elapsed(props: { since: Instant; until?: Instant | null; className?: string }) {
  const measure = () => {
    const end = props.until == null ? Math.floor(Date.now() / 1000) * 1000 : toMs(props.until);
    return formatDuration(Math.max(0, end - toMs(props.since)));
  };
  const text = useSyncExternalStore(props.until == null ? subscribe : never, measure, measure);
  return (
    <span className={props.className} suppressHydrationWarning>
      {text}
    </span>
  );
}

/** A calendar date in the viewer's own zone, the exact time on hover; for dates that are agreed upon, not felt. */
export function LocalDate({ value, className }: { value: Instant; className?: string }) {
  const text = useSyncExternalStore(
    never,
    () => formatDate(value),
    () => formatDate(value),
  );
  return (
    <time
      dateTime={new Date(toMs(value)).toISOString()}
      title={formatExact(value)}
      className={cn("whitespace-nowrap", className)}
      suppressHydrationWarning
    >
      {text}
    </time>
  );
}
