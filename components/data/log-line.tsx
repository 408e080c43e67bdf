import { memo } from "react";
import { cn } from "@/components/ui/cn";
import { formatExact } from "@/lib/kernel/format";
import { parseAnsi } from "./ansi";
import type { LogLine } from "./log-viewer";

const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

export interface LogLineRowProps {
  line: LogLine;
  showTime: boolean;
  query: string;
  /** Width of the column of sources, in characters; 0 without one. */
  sourceChars: number;
}

/** One line, exactly 20 px high: the viewer counts on it. */
export const LogLineRow = memo(function LogLineRow({ line, showTime, query, sourceChars }: LogLineRowProps) {
  return (
    <div
      className={cn(
        "flex h-5 items-center px-4 leading-5 whitespace-pre hover:bg-hover",
        line.level === "error" && "bg-bad-soft text-bad-ink",
        line.level === "warning" && "text-warning-ink",
      )}
    >
      {showTime ? (
        <span
          className="mr-3 inline-block w-24 shrink-0 text-muted tabular"
          title={line.time == null ? undefined : formatExact(line.time)}
          suppressHydrationWarning
        >
          {line.time == null ? "" : clock.format(new Date(line.time))}
        </span>
      ) : null}
      {sourceChars > 0 ? (
        <span className="mr-3 shrink-0 truncate text-accent-ink" style={{ width: `${sourceChars}ch` }}>
          {line.source}
        </span>
      ) : null}
      <span>
        {parseAnsi(line.text).map((span, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a span is its place
          <span key={index} className={span.className}>
            <Marked text={span.text} query={query} />
          </span>
        ))}
      </span>
    </div>
  );
});

function Marked({ text, query }: { text: string; query: string }) {
  const at = query ? text.toLowerCase().indexOf(query.toLowerCase()) : -1;
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark className="rounded-[3px] bg-warning-soft text-warning-ink ring-1 ring-warning-line">
        {text.slice(at, at + query.length)}
      </mark>
      <Marked text={text.slice(at + query.length)} query={query} />
    </>
  );
}
