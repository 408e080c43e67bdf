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
import { ProductIcon } from "@/components/ui/product-icon";

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
  return (
    <Frame size={size}>
      <Mark name={name} />
    </Frame>
  );
}

/** A product's mark or a sign of what it does; a box for what has neither. */
function Mark({ name }: { name: string }) {
  const Icon = icons[name] ?? Box;
  return <ProductIcon product={name} fallback={<Icon strokeWidth={1.75} />} />;
}

/** What a component is made of, else what it does. Decoration: its title stands beside it. */
export function ComponentIcon({ product, icon }: { product: string | null; icon: string }) {
  return (
    <Frame size="sm">
      <ProductIcon product={product} fallback={<Mark name={icon} />} />
    </Frame>
  );
}

/** The marks of rows, for the list's IconSheet; ListedTemplateIcon draws one of them. */
export function listedTemplateIcons(names: readonly string[]): Record<string, ReactNode> {
  return Object.fromEntries(names.map((name) => [listed(name), <Mark key={name} name={name} />]));
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
