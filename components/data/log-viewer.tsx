"use client";

import { ArrowDownToLine, Download, Search } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { Input } from "@/components/ui/input";
import { useMediaQuery } from "@/components/ui/use-media-query";
import { formatCount, formatNumber } from "@/lib/kernel/format";
import { stripAnsi } from "./ansi";
import { LogLineRow } from "./log-line";

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

const rowHeight = 20;
const overscan = 20;
/** How long after a wheel, a key or a finger scrolling is still by hand. */
const handMs = 5_000;
const maxSourceChars = 24;

/** Log lines, of which only those in view are drawn; follows the end until somebody scrolls up. */
export function LogViewer({ lines, live, truncated, height = 420, className, ...rest }: LogViewerProps) {
  const [query, setQuery] = useState("");
  const roomy = useMediaQuery("(min-width: 640px)");
  const [timesChosen, setTimesChosen] = useState<boolean>();
  // A phone has no room for them beside the words.
  const showTimes = timesChosen ?? roomy ?? true;
  const [follow, setFollow] = useState(true);
  const [top, setTop] = useState(0);
  const lastTop = useRef(0);
  const touched = useRef(Number.NEGATIVE_INFINITY);
  const frame = useRef<HTMLDivElement>(null);

  const shown = useMemo(() => {
    const needle = query.trim().toLowerCase();
    return needle ? lines.filter((line) => stripAnsi(line.text).toLowerCase().includes(needle)) : lines;
  }, [lines, query]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: every new line moves the end
  useEffect(() => {
    if (follow && frame.current) frame.current.scrollTop = frame.current.scrollHeight;
  }, [follow, shown.length]);

  const timed = useMemo(() => lines.some((line) => line.time != null), [lines]);
  const sourceChars = useMemo(
    () => lines.reduce((most, line) => Math.max(most, Math.min(maxSourceChars, line.source?.length ?? 0)), 0),
    [lines],
  );
  const first = Math.max(0, Math.floor(top / rowHeight) - overscan);
  const last = Math.min(shown.length, first + Math.ceil(height / rowHeight) + 2 * overscan);
  const label = rest.label ?? "Log";

  function onTouch() {
    touched.current = performance.now();
  }

  function onScroll() {
    const element = frame.current;
    if (!element) return;
    const upwards = element.scrollTop < lastTop.current;
    lastTop.current = element.scrollTop;
    setTop(element.scrollTop);
    if (element.scrollHeight - element.scrollTop - element.clientHeight < rowHeight * 2) setFollow(true);
    else if (upwards && performance.now() - touched.current < handMs) setFollow(false);
    // Away from the end by nobody's hand: lines came faster than the frame went with them.
    else if (follow) element.scrollTop = element.scrollHeight;
  }

  return (
    <div className={cn("overflow-hidden rounded-card border bg-panel", className)}>
      <div className="flex flex-wrap items-center gap-1.5 border-b px-2.5 py-2">
        <div className="min-w-full flex-1 sm:min-w-40">
          <Input
            icon={<Search />}
            type="search"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            placeholder="Search log"
            aria-label="Search log"
            className="h-8 text-sm sm:max-w-72"
          />
        </div>
        <span className="px-1.5 text-xs text-muted tabular max-sm:mr-auto" aria-live="polite">
          {query.trim()
            ? `${formatNumber(shown.length)} of ${formatNumber(lines.length)}`
            : formatCount(lines.length, "line")}
        </span>
        <Button
          variant="ghost"
          size="sm"
          aria-pressed={showTimes}
          onClick={() => setTimesChosen(!showTimes)}
          className="aria-pressed:text-ink"
        >
          Timestamps
        </Button>
        <Button
          variant="ghost"
          size="sm"
          aria-pressed={follow}
          onClick={() => setFollow(!follow)}
          className="aria-pressed:bg-accent-soft aria-pressed:text-accent-ink"
        >
          <ArrowDownToLine aria-hidden /> Follow
        </Button>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label="Download log"
          disabled={lines.length === 0}
          onClick={() => download(lines, rest.fileName ?? "log.txt")}
        >
          <Download aria-hidden />
        </Button>
      </div>
      <section
        ref={frame}
        onScroll={onScroll}
        onWheel={onTouch}
        onTouchMove={onTouch}
        onPointerDown={onTouch}
        onKeyDown={onTouch}
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        // The rows drawn change with scrolling; a browser that holds on to one of them would scroll by itself.
        className="relative overflow-auto bg-subtle py-2 font-mono [overflow-anchor:none] text-xs outline-offset-[-2px]"
        style={{ height }}
      >
        {shown.length === 0 ? (
          <p className="px-4 py-2 font-sans text-sm text-muted">{emptyText(query, live)}</p>
        ) : (
          <div className="relative w-max min-w-full" style={{ height: shown.length * rowHeight }}>
            <div className="absolute inset-x-0" style={{ top: first * rowHeight }}>
              {truncated && first === 0 ? <span className="sr-only">Older lines aren’t shown.</span> : null}
              {shown.slice(first, last).map((line, index) => (
                <LogLineRow
                  // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the log
                  key={first + index}
                  line={line}
                  showTime={showTimes && timed}
                  query={query.trim()}
                  sourceChars={sourceChars}
                />
              ))}
            </div>
          </div>
        )}
      </section>
    </div>
  );
}

function emptyText(query: string, live: boolean | undefined): string {
  if (query.trim()) return `No results for “${query.trim()}”`;
  return live ? "Waiting for log output…" : "No output";
}

function download(lines: readonly LogLine[], fileName: string): void {
  const text = lines
    .map((line) => {
      const time = line.time == null ? "" : `${new Date(line.time).toISOString()} `;
      return `${time}${line.source ? `[${line.source}] ` : ""}${stripAnsi(line.text)}`;
    })
    .join("\n");
  const url = URL.createObjectURL(new Blob([text, "\n"], { type: "text/plain" }));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = fileName;
  anchor.click();
  URL.revokeObjectURL(url);
}
