"use client";

import { useRouter } from "next/navigation";
import { startTransition, useCallback, useEffect, useRef } from "react";
import { useEventStream } from "./use-events";

export interface LiveRefreshProps {
  topics: readonly string[];
  /** Least time between two refreshes. */
  everyMs?: number;
  /** Refreshes anyway at this pace, for what no event tells of. */
  pollMs?: number;
}

/** Draws the page's server parts again, in place, when something it shows has changed. */
export function LiveRefresh({ topics, everyMs = 1000, pollMs }: LiveRefreshProps) {
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

  useEventStream(topics, refresh);
  useEffect(() => {
    if (!pollMs) return;
    const poll = setInterval(() => document.hidden || refresh(), pollMs);
    return () => clearInterval(poll);
  }, [pollMs, refresh]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return null;
}
