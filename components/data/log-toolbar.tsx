"use client";

import { ArrowDownToLine, Download, Search } from "lucide-react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { Input } from "@/components/ui/input";
import { formatCount, formatNumber } from "@/lib/kernel/format";
import { downloadLog } from "./log-download";
import type { LogLine } from "./log-viewer";

export interface LogToolbarProps {
  /** All lines, which are those that are downloaded. */
  lines: readonly LogLine[];
  /** How many were found; absent without a search. */
  found: number | undefined;
  fileName: string;
  query: string;
  onQuery: (query: string) => void;
  showTimes: boolean;
  onShowTimes: (show: boolean) => void;
  follow: boolean;
  onFollow: (follow: boolean) => void;
}

/** Search, number of lines and how the log is shown. */
export function LogToolbar({ lines, found, query, showTimes, follow, ...rest }: LogToolbarProps) {
  return (
    <div className="flex flex-wrap items-center gap-1.5 border-b px-2.5 py-2">
      <div className="min-w-full flex-1 sm:min-w-40">
        <Input
          icon={<Search />}
          type="search"
          value={query}
          onChange={(event) => rest.onQuery(event.target.value)}
          placeholder="Search log"
          aria-label="Search log"
          className="h-8 text-sm sm:max-w-72"
        />
      </div>
      <span className="px-1.5 text-xs text-muted tabular max-sm:mr-auto" aria-live="polite">
        {found === undefined
          ? formatCount(lines.length, "line")
          : `${formatNumber(found)} of ${formatNumber(lines.length)}`}
      </span>
      <Button
        variant="ghost"
        size="sm"
        aria-pressed={showTimes}
        onClick={() => rest.onShowTimes(!showTimes)}
        className="aria-pressed:text-ink"
      >
        Timestamps
      </Button>
      <Button
        variant="ghost"
        size="sm"
        aria-pressed={follow}
        onClick={() => rest.onFollow(!follow)}
        className="aria-pressed:bg-accent-soft aria-pressed:text-accent-ink"
      >
        <ArrowDownToLine aria-hidden /> Follow
      </Button>
      <IconButton
        label="Download log"
        reason={lines.length === 0 ? "No lines to download yet." : null}
        onClick={() => downloadLog(lines, rest.fileName)}
      >
        <Download aria-hidden />
      </IconButton>
    </div>
  );
}
