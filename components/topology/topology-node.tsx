"use client";

import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { cn } from "@/components/ui/cn";
import { toneLine } from "@/components/ui/tone";
import { NodeBody } from "./node-body";
import { NodeTarget } from "./node-target";
import { nodeStatus, type TopologyNode } from "./types";

export interface NodeData extends Record<string, unknown> {
  node: TopologyNode;
  selected: boolean;
  onSelect?: (id: string) => void;
}

const handle = "pointer-events-none! size-1! min-h-0! min-w-0! border-0! bg-transparent!";

/** The canvas takes the pointer from nodes that it neither drags nor selects. */
const clickable = "pointer-events-auto cursor-pointer transition-colors hover:border-muted";

export function TopologyNodeView({ data }: NodeProps<Node<NodeData>>) {
  const { node, onSelect, selected } = data;
  const classes = cn(
    "nodrag nopan block size-full overflow-hidden rounded-[10px] border bg-panel text-left shadow-panel",
    node.external && "bg-subtle shadow-none",
    nodeLine(node),
    (node.href || (onSelect && !node.external)) && clickable,
    selected && "ring-2 ring-accent-ink",
    (node.state === "pending" || node.state === "skipped") && "border-dashed",
  );
  return (
    <>
      <Handle type="target" position={Position.Left} className={handle} isConnectable={false} />
      <NodeTarget {...{ node, selected, onSelect }} className={classes}>
        <NodeBody node={node} />
      </NodeTarget>
      <Handle type="source" position={Position.Right} className={handle} isConnectable={false} />
    </>
  );
}

/** Trouble and work color the frame; well-being stays quiet. */
function nodeLine(node: TopologyNode): string {
  const tone = nodeStatus(node)?.tone ?? "neutral";
  return tone === "good" ? "border-line" : toneLine[tone];
}
