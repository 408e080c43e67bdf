"use client";

import { Command, defaultFilter } from "cmdk";
import { Search } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useState } from "react";
import { overlayClasses } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import { FoundItems, LinkItems, ThemeItems } from "./palette-items";
import type { PaletteLink } from "./types";
import { useActiveItem } from "./use-active-item";
import { useSearch } from "./use-search";

/** Letters scattered over a name are no match: "queues" is not "ReQUests: to approvE". The lowest real one is about 0.025. */
const leastScore = 0.01;

function scoreOf(value: string, query: string, keywords?: string[]): number {
  const score = defaultFilter(value, query, keywords);
  return score < leastScore ? 0 : score;
}

export interface PaletteDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  links: readonly PaletteLink[];
}

export function PaletteDialog({ open, onOpenChange, links }: PaletteDialogProps) {
  const [query, setQuery] = useState("");
  const search = useSearch(query, open);
  const active = useActiveItem([query, search.hits, open]);
  const act = (action: () => void) => () => {
    onOpenChange(false);
    setQuery("");
    action();
  };
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={overlayClasses} />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed inset-x-3 top-[10vh] z-50 mx-auto max-w-xl overflow-hidden rounded-card border bg-raised shadow-pop outline-none data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-98"
        >
          <Radix.Title className="sr-only">Search and commands</Radix.Title>
          <Command
            loop
            label="Search and commands"
            filter={scoreOf}
            value={active.selected}
            onValueChange={active.setSelected}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
              event.preventDefault();
              active.choose();
            }}
          >
            <div className="flex items-center gap-2.5 border-b px-4">
              <Search className="size-4 shrink-0 text-muted" aria-hidden />
              <Command.Input
                value={query}
                onValueChange={setQuery}
                placeholder="Search environments, templates, pages and actions…"
                className="h-12 w-full bg-transparent text-lg outline-none placeholder:text-muted"
              />
              <Kbd>Esc</Kbd>
            </div>
            <Command.List
              ref={active.list}
              className="relative max-h-[min(26rem,60vh)] overflow-y-auto p-1.5"
            >
              {search.hits.length > 0 ? null : (
                <Command.Empty className="px-3 py-10 text-center text-muted">
                  {search.state === "loading" ? "Searching…" : `No results for “${query}”`}
                </Command.Empty>
              )}
              {search.state === "failed" ? (
                <p className="px-2.5 py-2 text-xs text-warning-ink">
                  Search is unavailable. You can still open pages and run actions.
                </p>
              ) : null}
              {search.hits.length > 0 ? <FoundItems hits={search.hits} query={query} act={act} /> : null}
              <LinkItems links={links} act={act} />
              <ThemeItems act={act} />
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
