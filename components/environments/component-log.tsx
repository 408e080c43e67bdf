"use client";

import { usePathname, useRouter } from "next/navigation";
import { useState } from "react";
import { LogViewer } from "@/components/data/log-viewer";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { NativeSelect } from "@/components/ui/native-select";
import { Status } from "@/components/ui/status";
import type { Tone } from "@/components/ui/tone";
import { type LogStream, useLog } from "./use-log";

export interface ComponentLogProps {
  environmentId: string;
  /** Name of the environment, for the downloaded file. */
  name: string;
  components: readonly { component: string; title: string }[];
  selected: string;
  /** The reader may not reveal secrets, and gets the lines without them. */
  secretsHidden: boolean;
}

const looks: Record<LogStream, { tone: Tone; word: string }> = {
  connecting: { tone: "busy", word: "Connecting" },
  live: { tone: "good", word: "Live" },
  ended: { tone: "neutral", word: "Stream ended" },
  failed: { tone: "bad", word: "Log unavailable" },
  lost: { tone: "warning", word: "Reconnecting…" },
};

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
  const { lines, state, problem, cut } = useLog(environmentId, selected, { tail: 1_000, attempt });
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
