"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { ApiProblem, apiGet } from "@/components/data/api";
import { useEventStream } from "@/components/data/use-events";
import type { RunLogLine } from "@/lib/features/runs/schema";

const pollMs = 2_000;

/** A run's log lines, read on from the last one whenever the run tells of something and at a steady pace. */
export function useRunLog(
  runId: string,
  live: boolean,
): { lines: RunLogLine[]; loaded: boolean; problem: string | undefined } {
  const [loaded, setLoaded] = useState(false);
  const [lines, setLines] = useState<RunLogLine[]>([]);
  const [problem, setProblem] = useState<string>();
  const after = useRef("0");
  const reading = useRef(false);
  /** Something happened while a page of lines was under way. */
  const again = useRef(false);

  const readOn = useCallback(async () => {
    again.current = true;
    if (reading.current) return;
    reading.current = true;
    try {
      for (let more = true; more; ) {
        again.current = false;
        const page = await apiGet("/runs/{id}/logs", {
          path: { id: runId },
          query: { after: after.current, limit: 1000 },
        });
        after.current = page.items.at(-1)?.id ?? after.current;
        if (page.items.length > 0) setLines((before) => [...before, ...page.items]);
        more = page.nextCursor !== null || again.current;
      }
      setProblem(undefined);
      setLoaded(true);
    } catch (error) {
      // The next round tries again; until then the person knows that lines are missing.
      setProblem(error instanceof ApiProblem ? error.title : "Couldn’t load the log.");
    } finally {
      reading.current = false;
    }
  }, [runId]);

  useEventStream([`run:${runId}`], () => void readOn());
  useEffect(() => {
    // Also once after the end: the last lines come with it.
    void readOn();
    if (!live) return;
    const timer = setInterval(() => document.hidden || void readOn(), pollMs);
    return () => clearInterval(timer);
  }, [readOn, live]);
  return { lines, loaded, problem };
}
