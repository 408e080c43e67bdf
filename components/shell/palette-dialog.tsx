"use client";

import { Command, defaultFilter } from "cmdk";
import { ArrowRight, Box, Boxes, FileText, Layers, Monitor, Moon, Search, Sun, User } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTheme } from "next-themes";
import { Dialog as Radix } from "radix-ui";
import { useEffect, useRef, useState } from "react";
import { overlayClasses } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import type { PaletteLink } from "./types";
import { useSearch } from "./use-search";

const kindIcons: Record<string, typeof Box> = {
  environment: Boxes,
  template: Layers,
  request: FileText,
  person: User,
  user: User,
};

const itemClasses =
  "flex cursor-default items-center gap-2.5 rounded-control px-2.5 py-2 select-none data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted";
const groupClasses =
  "[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted";

/** Letters scattered over a name are no match: "queues" is not "ReQUests: to approvE". The lowest real one is about 0.025. */
const leastScore = 0.01;

function scoreOf(value: string, query: string, keywords?: string[]): number {
  const score = defaultFilter(value, query, keywords);
  return score < leastScore ? 0 : score;
}

/** Chooses the selected item, or the first: what was found appears an instant before it is selected. */
function chooseSelected(list: HTMLElement | null): void {
  const selected = list?.querySelector<HTMLElement>('[cmdk-item][data-selected="true"]');
  (selected ?? list?.querySelector<HTMLElement>("[cmdk-item]"))?.click();
}

export interface PaletteDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  links: readonly PaletteLink[];
}

export function PaletteDialog({ open, onOpenChange, links }: PaletteDialogProps) {
  const router = useRouter();
  const { setTheme } = useTheme();
  const [query, setQuery] = useState("");
  const [selected, setSelected] = useState("");
  const search = useSearch(query, open);

  const list = useRef<HTMLDivElement>(null);
  // While filtering, cmdk goes on naming an item that is gone as the active one: name the one that is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is listed follows from these
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const active = list.current?.querySelector('[cmdk-item][data-selected="true"]')?.id;
      // What was found after everything else had been filtered away: Enter must reach it.
      if (!active) setSelected(list.current?.querySelector("[cmdk-item]")?.getAttribute("data-value") ?? "");
      const owners = [list.current, document.querySelector("[cmdk-input]")];
      for (const owner of owners) {
        if (active) owner?.setAttribute("aria-activedescendant", active);
        else owner?.removeAttribute("aria-activedescendant");
      }
    });
    return () => cancelAnimationFrame(frame);
  }, [query, search.hits, selected, open]);

  const act = (action: () => void) => () => {
    onOpenChange(false);
    setQuery("");
    action();
  };
  const headings = [...new Set(links.map((link) => link.group ?? "Go to"))];

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
            value={selected}
            onValueChange={setSelected}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
              event.preventDefault();
              chooseSelected(list.current);
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
            <Command.List ref={list} className="relative max-h-[min(26rem,60vh)] overflow-y-auto p-1.5">
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
              {search.hits.length > 0 ? (
                <Command.Group heading="Results" forceMount className={groupClasses}>
                  {search.hits.map((hit) => {
                    const Icon = kindIcons[hit.kind] ?? Box;
                    return (
                      <Command.Item
                        key={hit.href}
                        value={`found ${hit.href}`}
                        keywords={[hit.title, query]}
                        forceMount
                        onSelect={act(() => router.push(hit.href))}
                        className={itemClasses}
                      >
                        <Icon aria-hidden />
                        <span className="max-w-3/5 shrink-0 truncate">{hit.title}</span>
                        {hit.subtitle ? (
                          <span className="min-w-0 truncate text-xs text-muted">{hit.subtitle}</span>
                        ) : null}
                        <span className="ml-auto shrink-0 text-xs text-muted max-sm:sr-only">
                          {hit.kind === "person" ? "user" : hit.kind}
                        </span>
                      </Command.Item>
                    );
                  })}
                </Command.Group>
              ) : null}
              {headings.map((heading) => (
                <Command.Group key={heading} heading={heading} className={groupClasses}>
                  {links
                    .filter((link) => (link.group ?? "Go to") === heading)
                    .map((link) => (
                      <Command.Item
                        key={link.href}
                        value={`${heading} ${link.title}`}
                        keywords={link.keywords}
                        onSelect={act(() => router.push(link.href))}
                        className={itemClasses}
                      >
                        <ArrowRight aria-hidden />
                        {link.title}
                      </Command.Item>
                    ))}
                </Command.Group>
              ))}
              <Command.Group heading="Theme" className={groupClasses}>
                <Command.Item className={itemClasses} onSelect={act(() => setTheme("light"))}>
                  <Sun aria-hidden /> Light theme
                </Command.Item>
                <Command.Item className={itemClasses} onSelect={act(() => setTheme("dark"))}>
                  <Moon aria-hidden /> Dark theme
                </Command.Item>
                <Command.Item className={itemClasses} onSelect={act(() => setTheme("system"))}>
                  <Monitor aria-hidden /> System theme
                </Command.Item>
              </Command.Group>
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
