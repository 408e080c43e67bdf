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
import { cn } from "@/components/ui/cn";

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

/** A template's mark. Decoration: its title stands beside it. */
export function TemplateIcon({ name, size = "md" }: { name: string; size?: "sm" | "md" | "lg" }) {
  const Icon = icons[name] ?? Box;
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
      <Icon strokeWidth={1.75} />
    </span>
  );
}
