import Link from "next/link";
import { cn } from "@/components/ui/cn";
import { NodeBody } from "./node-body";
import type { TopologyGraphProps } from "./types";

/** The graph as a list, in the order of the edges: for phones. */
export function TopologyList({ nodes, edges, label, onSelect, selectedId }: TopologyGraphProps) {
  const titles = new Map(nodes.map((node) => [node.id, node.title]));
  return (
    <ul aria-label={label} className="divide-y">
      {nodes.map((node) => {
        const targets = edges.filter((edge) => edge.from === node.id).map((edge) => titles.get(edge.to));
        const body = (
          <>
            <NodeBody node={node} />
            {targets.length > 0 ? (
              <span className="block px-3.5 text-xs text-muted">
                uses {targets.filter(Boolean).join(", ")}
              </span>
            ) : null}
          </>
        );
        const classes = cn("block w-full py-1.5 text-left", selectedId === node.id && "bg-accent-soft");
        return (
          <li key={node.id}>
            {node.href ? (
              <Link href={node.href} className={classes}>
                {body}
              </Link>
            ) : onSelect ? (
              <button type="button" className={classes} onClick={() => onSelect(node.id)}>
                {body}
              </button>
            ) : (
              <div className={classes}>{body}</div>
            )}
          </li>
        );
      })}
    </ul>
  );
}
