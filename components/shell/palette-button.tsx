"use client";

import { Search } from "lucide-react";
import { cn } from "@/components/ui/cn";
import { Kbd } from "@/components/ui/kbd";
import { openPalette } from "./palette-state";
import { useAppleKeys } from "./use-apple-keys";

/** Looks like a search box, opens the palette. */
export function PaletteButton({ compact, className }: { compact?: boolean; className?: string }) {
  const apple = useAppleKeys();
  if (compact) {
    return (
      <button
        type="button"
        onClick={openPalette}
        aria-label="Search"
        title="Search"
        className={cn("rounded-control p-2 text-muted hover:bg-hover hover:text-ink", className)}
      >
        <Search className="size-4.5" aria-hidden />
      </button>
    );
  }
  return (
    <button
      type="button"
      onClick={openPalette}
      aria-keyshortcuts="Meta+K Control+K"
      className={cn(
        "flex h-8.5 w-full items-center gap-2 rounded-control border bg-panel px-2.5 text-sm text-muted shadow-panel hover:border-line-strong",
        className,
      )}
    >
      <Search className="size-3.5" aria-hidden />
      <span className="flex-1 text-left">Search</span>
      <Kbd>{apple ? "⌘K" : "Ctrl K"}</Kbd>
    </button>
  );
}
