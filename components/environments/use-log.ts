"use client";

import { useEffect, useState } from "react";
import { apiHref } from "@/components/data/api-href";
import type { LogLine } from "@/components/data/log-viewer";
import { readLogText } from "./log-text";

export type LogStream = "connecting" | "live" | "ended" | "failed" | "lost";

const maxLines = 100_000;
const flushMs = 150;

export interface LogOptions {
  /** How many of the newest lines it begins with. */
  tail: number;
  /** Another number opens the log again. */
  attempt?: number;
}

/** The log of one component, live while the page shows it. An empty component opens none. */
export function useLog(environmentId: string, component: string, { tail, attempt = 0 }: LogOptions) {
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [state, setState] = useState<LogStream>("connecting");
  const [problem, setProblem] = useState<string>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt opens the log again
  useEffect(() => {
    setLines([]);
    setProblem(undefined);
    setState("connecting");
    if (!component) return;
    const source = new EventSource(
      apiHref("/environments/{id}/logs", { path: { id: environmentId }, query: { component, tail } }),
    );
    let waiting: LogLine[] = [];
    let fresh = true;
    const flush = () => {
      if (waiting.length === 0) return;
      const [more, restart] = [waiting, fresh];
      waiting = [];
      fresh = false;
      setLines((before) => (restart ? more : [...before, ...more]).slice(-maxLines));
    };
    const timer = setInterval(flush, flushMs);
    const end = (next: LogStream) => {
      flush();
      source.close();
      setState(next);
    };
    source.onopen = () => {
      // After a reconnect the last lines are sent again: they replace what is shown.
      fresh = true;
      setState("live");
    };
    source.onmessage = (event: MessageEvent<string>) => {
      const line = JSON.parse(event.data) as { at: string | null; stream?: string; text: string };
      waiting.push(readLogText(line.text, line.at));
    };
    source.addEventListener("end", () => end("ended"));
    source.addEventListener("failed", (event) => {
      const data: unknown = JSON.parse((event as MessageEvent<string>).data);
      setProblem((data as { message?: string }).message);
      end("failed");
    });
    source.onerror = () => setState(source.readyState === EventSource.CLOSED ? "failed" : "lost");
    return () => {
      clearInterval(timer);
      source.close();
    };
  }, [environmentId, component, tail, attempt]);
  return { lines, state, problem, cut: lines.length >= maxLines };
}
