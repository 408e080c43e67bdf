"use client";

import { useEffect, useState } from "react";
import { ApiProblem, apiGet } from "@/components/data/api";
import type { MetricsDto } from "@/lib/features/monitoring/schema";

const everyMs = 10_000;

/** The last hour's metrics of an environment, kept up to date while they are shown. */
export function useMetrics(environmentId: string): { metrics: MetricsDto | null; problem: string | null } {
  const [metrics, setMetrics] = useState<MetricsDto | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const ending = new AbortController();
    const load = async () => {
      try {
        const { signal } = ending;
        const lastHour = { path: { id: environmentId }, query: { range: "1h" }, signal } as const;
        setMetrics(await apiGet("/environments/{id}/metrics", lastHour));
        setProblem(null);
      } catch (error) {
        if (ending.signal.aborted) return;
        if (!(error instanceof ApiProblem)) throw error;
        setProblem(error.title);
      }
    };
    void load();
    const timer = setInterval(() => document.hidden || void load(), everyMs);
    return () => {
      clearInterval(timer);
      ending.abort();
    };
  }, [environmentId]);
  return { metrics, problem };
}
