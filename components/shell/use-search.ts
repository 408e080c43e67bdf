"use client";

import { useEffect, useState } from "react";
import { apiGet } from "@/components/data/api";
import type { SearchHitDto } from "@/lib/features/search/schema";

export interface SearchResult {
  state: "idle" | "loading" | "ready" | "failed";
  hits: SearchHitDto[];
}

const IDLE: SearchResult = { state: "idle", hits: [] };
const debounceMs = 140;

/** Asks the search API while someone types; an answer to an older question is dropped. */
export function useSearch(query: string, enabled: boolean): SearchResult {
  const [result, setResult] = useState<SearchResult>(IDLE);
  const text = query.trim();
  useEffect(() => {
    if (!enabled || text.length < 2) {
      setResult(IDLE);
      return;
    }
    const abort = new AbortController();
    setResult((before) => ({ state: "loading", hits: before.hits }));
    const timer = setTimeout(async () => {
      try {
        const answer = await apiGet("/search", { query: { q: text }, signal: abort.signal });
        setResult({ state: "ready", hits: answer.items.slice(0, 12) });
      } catch {
        if (!abort.signal.aborted) setResult({ state: "failed", hits: [] });
      }
    }, debounceMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, enabled]);
  return result;
}
