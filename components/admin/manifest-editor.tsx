"use client";

import { type Ref, useRef } from "react";
import { cn } from "@/components/ui/cn";

export interface ManifestEditorProps {
  ref?: Ref<HTMLTextAreaElement>;
  value: string;
  onChange: (value: string) => void;
  /** Lines with a problem, counted from 1. */
  marked: readonly number[];
}

const lineHeightPx = 20;

/** A plain text area with line numbers: pasting, undo and the browser's search work as everywhere. */
export function ManifestEditor({ ref, value, onChange, marked }: ManifestEditorProps) {
  const gutter = useRef<HTMLDivElement>(null);
  const marks = new Set(marked);
  const count = value.split("\n").length;
  return (
    <div className="flex h-[68vh] min-h-80 overflow-hidden rounded-card border bg-panel shadow-panel focus-within:border-accent-ink">
      <div
        ref={gutter}
        aria-hidden
        className="w-12 shrink-0 overflow-hidden border-r bg-subtle py-3 text-right font-mono text-xs text-muted select-none tabular"
      >
        {Array.from({ length: count }, (_, index) => (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
            key={index}
            style={{ height: lineHeightPx, lineHeight: `${lineHeightPx}px` }}
            className={cn("pr-2.5", marks.has(index + 1) && "bg-bad-soft font-semibold text-bad-ink")}
          >
            {index + 1}
          </div>
        ))}
        <div className="h-8" />
      </div>
      <textarea
        ref={ref}
        aria-label="Manifest (YAML)"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        placeholder="Paste a manifest here, or start from a version on the right."
        style={{ lineHeight: `${lineHeightPx}px` }}
        className="min-w-0 flex-1 resize-none bg-transparent px-3.5 py-3 font-mono text-xs text-ink outline-none placeholder:text-muted"
      />
    </div>
  );
}

/** Puts the cursor on a line and brings it into view. */
export function selectLine(area: HTMLTextAreaElement | null, line: number): void {
  if (!area) return;
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  area.scrollTop = Math.max(0, (line - 6) * lineHeightPx);
}
