"use client";

import { useEffect, useRef, useState } from "react";
import { ApiProblem, apiPost } from "@/components/data/api";
import type { ApiBody } from "@/components/data/api-types";
import type { PreviewDto } from "@/lib/features/requests/schema";

const debounceMs = 280;

export interface Preview {
  /** The last good answer; kept while a newer one is asked for. */
  data: PreviewDto | undefined;
  /** A newer answer is on its way. */
  pending: boolean;
  /** Why the last question had no answer. */
  problem: ApiProblem | undefined;
}

/**
 * Asks what would happen while someone types: one question at a time, the older one is dropped.
 * @param body null while there is nothing to ask yet
 */
export function usePreview(body: ApiBody<"/plans", "post"> | null): Preview {
  const [preview, setPreview] = useState<Preview>({ data: undefined, pending: true, problem: undefined });
  const text = body === null ? "" : JSON.stringify(body);
  const latest = useRef(body);
  latest.current = body;
  const first = useRef(true);
  // Coming back to the page (from signing in again, from a lost connection) asks again what had no answer.
  const [round, setRound] = useState(0);
  const troubled = useRef(false);
  troubled.current = preview.problem !== undefined;
  useEffect(() => {
    const again = () => troubled.current && setRound((before) => before + 1);
    window.addEventListener("focus", again);
    return () => window.removeEventListener("focus", again);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks the same again
  useEffect(() => {
    const asked = latest.current;
    if (asked === null) {
      setPreview((before) => ({ ...before, pending: false }));
      return;
    }
    const abort = new AbortController();
    setPreview((before) => ({ ...before, pending: true }));
    const waitMs = first.current ? 0 : debounceMs;
    first.current = false;
    const timer = setTimeout(async () => {
      try {
        const data = await apiPost("/plans", {
          body: asked,
          signal: abort.signal,
          // A question changes nothing: there is nothing to keep from happening twice.
          idempotencyKey: null,
        });
        setPreview({ data, pending: false, problem: undefined });
      } catch (error) {
        if (abort.signal.aborted) return;
        if (!(error instanceof ApiProblem)) throw error;
        setPreview((before) => ({ data: before.data, pending: false, problem: error }));
      }
    }, waitMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, round]);
  return preview;
}
