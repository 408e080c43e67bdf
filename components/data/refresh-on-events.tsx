"use client";

import { useRouter } from "next/navigation";
import { startTransition, useCallback, useEffect, useRef } from "react";
import { useEventStream } from "./use-events";

export interface RefreshOnEventsProps {
  topics: readonly string[];
  /** Id of the newest event when the page was drawn. */
  since: string | undefined;
  /** Least time between two refreshes. */
  everyMs?: number;
  /** Refreshes anyway at this pace, for what no event tells of. */
  pollMs?: number;
}

/** The part of `LiveRefresh` in the browser. */
export function RefreshOnEvents({ topics, since, everyMs = 1000, pollMs }: RefreshOnEventsProps) {
  const router = useRouter();
  const lastMs = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const refresh = useCallback(() => {
    if (timer.current) return;
    const waitMs = Math.max(0, lastMs.current + everyMs - Date.now());
    timer.current = setTimeout(() => {
      timer.current = undefined;
      lastMs.current = Date.now();
      startTransition(() => router.refresh());
    }, waitMs);
  }, [router, everyMs]);

  useEventStream(topics, refresh, since);
  useEffect(() => {
    if (!pollMs) return;
    const poll = setInterval(() => document.hidden || refresh(), pollMs);
    return () => clearInterval(poll);
  }, [pollMs, refresh]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return null;
}
