"use client";

import { Command } from "cmdk";
import { ArrowRight, Box, Boxes, FileText, Layers, Monitor, Moon, Sun, User } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTheme } from "next-themes";
import type { SearchHitDto, SearchKind } from "@/lib/features/search/schema";
import type { PaletteLink } from "./types";

const kindIcons: Record<SearchKind, typeof Box> = {
  environment: Boxes,
  template: Layers,
  request: FileText,
  project: Box,
  person: User,
};

const itemClasses =
  "flex cursor-default items-center gap-2.5 rounded-control px-2.5 py-2 select-none data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted";
const groupClasses =
  "[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted";

/** Closes the palette and does what was chosen. */
type Act = (action: () => void) => () => void;

/** What the search found; it's shown whatever the filter says. */
export function FoundItems({ hits, query, act }: { hits: readonly SearchHitDto[]; query: string; act: Act }) {
  const { push } = useRouter();
  return (
    <Command.Group heading="Results" forceMount className={groupClasses}>
      {hits.map((hit) => {
        const Icon = kindIcons[hit.kind];
        return (
          <Command.Item
            key={hit.href}
            value={`found ${hit.href}`}
            keywords={[hit.title, query]}
            forceMount
            onSelect={act(() => push(hit.href))}
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
  );
}

/** Pages and actions under their headings. */
export function LinkItems({ links, act }: { links: readonly PaletteLink[]; act: Act }) {
  const { push } = useRouter();
  const headings = [...new Set(links.map((link) => link.group ?? "Go to"))];
  return headings.map((heading) => (
    <Command.Group key={heading} heading={heading} className={groupClasses}>
      {links
        .filter((link) => (link.group ?? "Go to") === heading)
        .map((link) => (
          <Command.Item
            key={link.href}
            value={`${heading} ${link.title}`}
            keywords={link.keywords}
            onSelect={act(() => push(link.href))}
            className={itemClasses}
          >
            <ArrowRight aria-hidden />
            {link.title}
          </Command.Item>
        ))}
    </Command.Group>
  ));
}

const themes = [
  { theme: "light", title: "Light theme", Icon: Sun },
  { theme: "dark", title: "Dark theme", Icon: Moon },
  { theme: "system", title: "System theme", Icon: Monitor },
];

export function ThemeItems({ act }: { act: Act }) {
  const { setTheme } = useTheme();
  return (
    <Command.Group heading="Theme" className={groupClasses}>
      {themes.map(({ theme, title, Icon }) => (
        <Command.Item key={theme} className={itemClasses} onSelect={act(() => setTheme(theme))}>
          <Icon aria-hidden /> {title}
        </Command.Item>
      ))}
    </Command.Group>
  );
}
