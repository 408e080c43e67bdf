import Link from "next/link";
import type { ReactNode } from "react";
import type { TopologyNode } from "./types";

export interface NodeTargetProps {
  node: TopologyNode;
  selected: boolean;
  /** With it a click selects; a link then leads to the same place in a new tab. */
  onSelect?: (id: string) => void;
  className: string;
  children: ReactNode;
}

/** What a click on a node does, in the graph as in the list: follow its link, select it, or nothing. */
export function NodeTarget({ node, selected, onSelect, className, children }: NodeTargetProps) {
  if (node.href) {
    return (
      <Link
        href={node.href}
        className={className}
        data-node={node.id}
        {...(onSelect && {
          prefetch: false,
          scroll: false,
          onNavigate: (event) => {
            event.preventDefault();
            onSelect(node.id);
          },
        })}
      >
        {children}
      </Link>
    );
  }
  if (!onSelect || node.external) return <div className={className}>{children}</div>;
  return (
    <button type="button" className={className} onClick={() => onSelect(node.id)} aria-pressed={selected}>
      {children}
    </button>
  );
}
