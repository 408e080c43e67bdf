"use client";

import { usePathname, useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { type LogLine, LogViewer } from "@/components/data/log-viewer";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { NativeSelect } from "@/components/ui/native-select";
import { Status } from "@/components/ui/status";
import type { Tone } from "@/components/ui/tone";
import { readLogText } from "./log-text";

export interface ComponentLogProps {
  environmentId: string;
  /** Name of the environment, for the downloaded file. */
  name: string;
  components: readonly { component: string; title: string }[];
  selected: string;
  /** The reader may not reveal secrets, and gets the lines without them. */
  secretsHidden: boolean;
}

type Stream = "connecting" | "live" | "ended" | "failed" | "lost";

const looks: Record<Stream, { tone: Tone; word: string }> = {
  connecting: { tone: "busy", word: "Connecting" },
  live: { tone: "good", word: "Live" },
  ended: { tone: "neutral", word: "Stream ended" },
  failed: { tone: "bad", word: "Log unavailable" },
  lost: { tone: "warning", word: "Reconnecting…" },
};

const maxLines = 100_000;
const flushMs = 150;

/** The log of one component as it is written. */
export function ComponentLog({
  environmentId,
  name,
  components,
  selected,
  secretsHidden,
}: ComponentLogProps) {
  const router = useRouter();
  const pathname = usePathname();
  const [attempt, setAttempt] = useState(0);
  const { lines, state, problem, cut } = useLog(environmentId, selected, attempt);
  if (components.length === 0) {
    return (
      <div className="rounded-card border bg-panel">
        <EmptyState title="No logs">Logs are available while components exist.</EmptyState>
      </div>
    );
  }
  const look = looks[state];
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <NativeSelect
          aria-label="Component"
          className="w-60"
          value={selected}
          onChange={(event) =>
            router.replace(`${pathname}?component=${encodeURIComponent(event.target.value)}`, {
              scroll: false,
            })
          }
        >
          {components.map((one) => (
            <option key={one.component} value={one.component}>
              {one.title === one.component ? one.title : `${one.component} · ${one.title}`}
            </option>
          ))}
        </NativeSelect>
        <span aria-live="polite" className="text-sm">
          <Status tone={look.tone}>{problem ?? look.word}</Status>
        </span>
        {state === "ended" || state === "failed" ? (
          <Button size="sm" onClick={() => setAttempt(attempt + 1)}>
            Reconnect
          </Button>
        ) : null}
      </div>
      {secretsHidden ? (
        <p className="text-sm text-muted">
          Secrets are shown as •••. Only project developers and owners can read them.
        </p>
      ) : null}
      <LogViewer
        lines={lines}
        live={state === "live" || state === "connecting"}
        truncated={cut}
        fileName={`${name}-${selected}.log`}
        height={560}
        label={`Log of ${selected}`}
      />
    </div>
  );
}

function useLog(environmentId: string, component: string, attempt: number) {
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [state, setState] = useState<Stream>("connecting");
  const [problem, setProblem] = useState<string>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt opens the log again
  useEffect(() => {
    setLines([]);
    setProblem(undefined);
    setState("connecting");
    if (!component) return;
    const query = new URLSearchParams({ component, tail: "1000" });
    const source = new EventSource(`/api/v1/environments/${environmentId}/logs?${query}`);
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
    const end = (next: Stream) => {
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
  }, [environmentId, component, attempt]);
  return { lines, state, problem, cut: lines.length >= maxLines };
}
