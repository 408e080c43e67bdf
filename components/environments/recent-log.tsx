"use client";

import Link from "next/link";
import { stripAnsi } from "@/components/data/ansi";
import { cn } from "@/components/ui/cn";
import { DrawerSection } from "./drawer-section";
import { type LogStream, useLog } from "./use-log";

const shownLines = 8;

const empty: Record<LogStream, string> = {
  connecting: "Loading the log…",
  live: "No lines yet",
  ended: "No lines",
  failed: "Log unavailable",
  lost: "Reconnecting…",
};

/** The newest lines of a component's log as they are written. */
export function RecentLog({ environmentId, component }: { environmentId: string; component: string }) {
  const { lines, state, problem } = useLog(environmentId, component, { tail: shownLines });
  const newest = lines.slice(-shownLines);
  return (
    <DrawerSection
      title="Log"
      aside={
        <Link
          href={`/environments/${environmentId}/logs?component=${encodeURIComponent(component)}`}
          className="link"
        >
          View full log
        </Link>
      }
    >
      {newest.length === 0 ? (
        <p className="text-muted">{problem ?? empty[state]}</p>
      ) : (
        <ol className="grid grid-cols-[minmax(0,1fr)] gap-0.5 rounded-control border bg-subtle px-3 py-2 font-mono text-xs">
          {newest.map((line, index) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
              key={index}
              title={stripAnsi(line.text)}
              className={cn(
                "truncate",
                line.level === "error" && "text-bad-ink",
                line.level === "warning" && "text-warning-ink",
              )}
            >
              {stripAnsi(line.text) || " "}
            </li>
          ))}
        </ol>
      )}
    </DrawerSection>
  );
}
