import {
  AppWindow,
  Box,
  Cpu,
  Database,
  Globe,
  Hexagon,
  Layers,
  ListChecks,
  Network,
  PanelTop,
  Server,
  ShoppingBag,
  Workflow,
  Zap,
} from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/components/ui/cn";
import { SheetIcon } from "@/components/ui/icon-sheet";

const icons: Record<string, typeof Box> = {
  "app-window": AppWindow,
  box: Box,
  cpu: Cpu,
  database: Database,
  globe: Globe,
  hexagon: Hexagon,
  layers: Layers,
  "list-checks": ListChecks,
  network: Network,
  "panel-top": PanelTop,
  server: Server,
  "shopping-bag": ShoppingBag,
  workflow: Workflow,
  zap: Zap,
};

type Size = "sm" | "md" | "lg";

/** A template's mark. Decoration: its title stands beside it. */
export function TemplateIcon({ name, size = "md" }: { name: string; size?: Size }) {
  const Icon = icons[name] ?? Box;
  return (
    <Frame size={size}>
      <Icon strokeWidth={1.75} />
    </Frame>
  );
}

/** The marks of rows, for the list's IconSheet; ListedTemplateIcon draws one of them. */
export function listedTemplateIcons(names: readonly string[]): Record<string, ReactNode> {
  return Object.fromEntries(
    names.map((name) => {
      const Icon = icons[name] ?? Box;
      return [listed(name), <Icon key={name} strokeWidth={1.75} />];
    }),
  );
}

/** A template's mark in a row of a list that has it in its IconSheet. */
export function ListedTemplateIcon({ name, size = "md" }: { name: string; size?: Size }) {
  return (
    <Frame size={size}>
      <SheetIcon name={listed(name)} />
    </Frame>
  );
}

const listed = (name: string) => `template-${name}`;

function Frame({ size, children }: { size: Size; children: ReactNode }) {
  return (
    <span
      aria-hidden
      className={cn(
        "inline-flex shrink-0 items-center justify-center border bg-subtle text-ink-soft",
        size === "sm" && "size-7 rounded-md [&_svg]:size-3.5",
        size === "md" && "size-9 rounded-control [&_svg]:size-4.5",
        size === "lg" && "size-11 rounded-[10px] [&_svg]:size-5",
      )}
    >
      {children}
    </span>
  );
}
