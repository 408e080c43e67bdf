"use client";

import { useDeferredValue, useMemo, useRef, useState } from "react";
import { cn } from "@/components/ui/cn";
import { useMediaQuery } from "@/components/ui/use-media-query";
import { stripAnsi } from "./ansi";
import { LogRows } from "./log-rows";
import { LogToolbar } from "./log-toolbar";
import { useFollowing } from "./use-following";

export interface LogLine {
  /** Epoch milliseconds or ISO time; absent when the source has none. */
  time?: number | string | null;
  /** Component or step it came from. */
  source?: string;
  level?: "info" | "warning" | "error";
  text: string;
}

export interface LogViewerProps {
  lines: readonly LogLine[];
  /** Name of the downloaded file. */
  fileName?: string;
  /** Whether further lines may come; says so while there are none. */
  live?: boolean;
  /** Older lines exist but are not here. */
  truncated?: boolean;
  /** Pixels. */
  height?: number;
  className?: string;
  label?: string;
}

/** Log lines, of which only those in view are drawn; follows the end until its reader scrolls up. */
export function LogViewer({ lines, live, truncated, height = 420, className, ...rest }: LogViewerProps) {
  const [query, setQuery] = useState("");
  // Typing continues while a hundred thousand lines are searched.
  const needle = useDeferredValue(query).trim();
  const roomy = useMediaQuery("(min-width: 640px)");
  const [timesChosen, setTimesChosen] = useState<boolean>();
  // A phone has no room for them beside the words.
  const showTimes = timesChosen ?? roomy ?? true;
  const shown = useMemo(() => linesWith(lines, needle), [lines, needle]);
  const frame = useRef<HTMLElement>(null);
  const following = useFollowing(frame, shown.length);

  return (
    <div className={cn("overflow-hidden rounded-card border bg-panel", className)}>
      <LogToolbar
        lines={lines}
        found={needle ? shown.length : undefined}
        fileName={rest.fileName ?? "log.txt"}
        query={query}
        onQuery={setQuery}
        showTimes={showTimes}
        onShowTimes={setTimesChosen}
        follow={following.follow}
        onFollow={following.setFollow}
      />
      <LogRows
        frame={frame}
        lines={shown}
        query={needle}
        showTimes={showTimes}
        truncated={truncated ?? false}
        height={height}
        label={rest.label ?? "Log"}
        empty={emptyText(needle, live)}
        {...following.handlers}
      />
    </div>
  );
}

function linesWith(lines: readonly LogLine[], query: string): readonly LogLine[] {
  if (!query) return lines;
  const needle = query.toLowerCase();
  return lines.filter((line) => stripAnsi(line.text).toLowerCase().includes(needle));
}

function emptyText(query: string, live: boolean | undefined): string {
  if (query) return `No results for “${query}”`;
  return live ? "Waiting for log output…" : "No output";
}
