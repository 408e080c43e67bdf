"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useMemo } from "react";
import { LogLineRow } from "./log-line";
import type { LogLine } from "./log-viewer";
import type { FollowingHandlers } from "./use-following";

export interface LogRowsProps extends FollowingHandlers {
  frame: RefObject<HTMLElement | null>;
  lines: readonly LogLine[];
  query: string;
  showTimes: boolean;
  truncated: boolean;
  /** Pixels. */
  height: number;
  label: string;
  /** What stands where there are no lines. */
  empty: string;
}

const rowPixels = 20;
const maxSourceChars = 24;

/** The lines themselves, of which those in view and a few around them are drawn. */
export function LogRows({ frame, lines, query, showTimes, height, ...rest }: LogRowsProps) {
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowPixels,
    initialRect: { width: 0, height },
    overscan: 20,
  });
  const timed = useMemo(() => lines.some((line) => line.time != null), [lines]);
  const sourceChars = useMemo(() => widestSource(lines), [lines]);
  return (
    <section
      ref={frame}
      onScroll={rest.onScroll}
      onWheel={rest.onTouch}
      onTouchMove={rest.onTouch}
      onPointerDown={rest.onTouch}
      onKeyDown={rest.onTouch}
      aria-label={rest.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      // The rows drawn change with scrolling; a browser that holds on to one of them would scroll by itself.
      className="relative overflow-auto bg-subtle py-2 font-mono [overflow-anchor:none] text-xs outline-offset-[-2px]"
      style={{ height }}
    >
      {lines.length === 0 ? (
        <p className="px-4 py-2 font-sans text-sm text-muted">{rest.empty}</p>
      ) : (
        <div className="relative w-max min-w-full" style={{ height: rows.getTotalSize() }}>
          <div className="absolute inset-x-0" style={{ top: rows.getVirtualItems()[0]?.start ?? 0 }}>
            {rest.truncated && rows.range?.startIndex === 0 ? (
              <span className="sr-only">Older lines aren’t shown.</span>
            ) : null}
            {rows.getVirtualItems().map(({ key, index }) => (
              <LogLineRow
                key={key}
                line={lines[index] ?? noLine}
                showTime={showTimes && timed}
                query={query}
                sourceChars={sourceChars}
              />
            ))}
          </div>
        </div>
      )}
    </section>
  );
}

/** For the moment in which a list became shorter and its rows are still drawn. */
const noLine: LogLine = { text: "" };

function widestSource(lines: readonly LogLine[]): number {
  return lines.reduce((most, line) => Math.max(most, Math.min(maxSourceChars, line.source?.length ?? 0)), 0);
}
