import {
  Box,
  Cog,
  Database,
  Globe,
  HardDrive,
  ListOrdered,
  Network,
  Server,
  Terminal,
  Zap,
} from "lucide-react";
import { cn } from "@/components/ui/cn";
import { ProductSymbol } from "@/components/ui/product-symbol";
import { Dot } from "@/components/ui/status";
import { toneText } from "@/components/ui/tone";
import { type NodeIcon, nodeStatus, type TopologyNode } from "./types";

const icons: Record<NodeIcon, typeof Box> = {
  internet: Globe,
  web: Server,
  database: Database,
  cache: Zap,
  queue: ListOrdered,
  worker: Cog,
  storage: HardDrive,
  network: Network,
  script: Terminal,
  box: Box,
};

/** What a node says, in the graph as in the list. Its height is fixed: the layout counts on it. */
export function NodeBody({ node }: { node: TopologyNode }) {
  const status = nodeStatus(node);
  const Icon = icons[node.icon ?? (node.external ? "internet" : "box")];
  const speaks = status && status.tone !== "good";
  return (
    <span className="block px-3.5">
      <span className="flex h-[38px] items-center gap-2">
        {status ? <Dot tone={status.tone} /> : null}
        {node.mark ? (
          <ProductSymbol product={node.mark} className="size-3.5 shrink-0 text-ink-soft" />
        ) : status ? null : (
          <Icon className="size-3.5 shrink-0 text-muted" aria-hidden />
        )}
        <span className="min-w-0 truncate text-sm font-semibold">{node.title}</span>
        <span
          className={cn(
            "ml-auto max-w-[60%] shrink-0 truncate text-xs tabular",
            status && speaks ? toneText[status.tone] : "text-muted",
          )}
        >
          {status && speaks ? status.word : (node.subtitle ?? status?.word)}
        </span>
        {status && !speaks && node.subtitle ? <span className="sr-only">{status.word}</span> : null}
      </span>
      {node.lines?.map((line, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
          key={index}
          className="block truncate text-xs leading-[19px] text-muted tabular first-of-type:mt-0"
        >
          {line}
        </span>
      ))}
    </span>
  );
}
