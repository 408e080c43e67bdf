import { Graph } from "@/lib/kernel/graph";
import type { TopologyEdge, TopologyNode } from "./types";

// All in pixels.
export const nodeWidth = 220;
export const externalWidth = 112;
export const nodeSpacing = 26;
/** Between columns: three of them fit a screen's main column at their own size. */
export const columnSpacing = 44;
const headHeight = 40;
const lineHeight = 19;
const foot = 7;

/** Height of a node's box: fixed by its content, so that nothing is measured or jumps. */
export function nodeHeight(node: TopologyNode): number {
  const lines = node.lines?.length ?? 0;
  return headHeight + (lines > 0 ? lines * lineHeight + foot : 0);
}

/** About how high the graph will be: its tallest column. Cheap, so that the frame is right before the canvas loads. */
export function estimateHeight(nodes: readonly TopologyNode[], edges: readonly TopologyEdge[]): number {
  const column = Graph.ofEdges(
    nodes.map((node) => node.id),
    edges.map(({ from, to }) => ({ before: from, after: to })),
  ).depths();
  const heights = new Map<number, number>();
  for (const node of nodes) {
    const at = column.get(node.id) ?? 0;
    heights.set(at, (heights.get(at) ?? 0) + nodeHeight(node) + nodeSpacing);
  }
  return Math.max(0, ...heights.values());
}
