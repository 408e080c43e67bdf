import { cn } from "@/components/ui/cn";
import { NodeBody } from "./node-body";
import { NodeTarget } from "./node-target";
import type { TopologyGraphProps } from "./types";

/** The graph as a list, in the order of the edges: for phones. */
export function TopologyList({ nodes, edges, label, onSelect, selectedId }: TopologyGraphProps) {
  const titles = new Map(nodes.map((node) => [node.id, node.title]));
  return (
    <ul aria-label={label} className="divide-y">
      {nodes.map((node) => {
        const targets = edges.filter((edge) => edge.from === node.id).map((edge) => titles.get(edge.to));
        const selected = selectedId === node.id;
        return (
          <li key={node.id}>
            <NodeTarget
              {...{ node, selected, onSelect }}
              className={cn("block w-full py-1.5 text-left", selected && "bg-accent-soft")}
            >
              <NodeBody node={node} />
              {targets.length > 0 ? (
                <span className="block px-3.5 text-xs text-muted">
                  uses {targets.filter(Boolean).join(", ")}
                </span>
              ) : null}
            </NodeTarget>
          </li>
        );
      })}
    </ul>
  );
}
