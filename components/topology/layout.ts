import { Graph, layout } from "@dagrejs/dagre";
import { columnSpacing, externalWidth, nodeHeight, nodeSpacing, nodeWidth } from "./size";
import type { TopologyEdge, TopologyNode } from "./types";

export interface PlacedNode {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Placement {
  nodes: PlacedNode[];
  width: number;
  height: number;
}

/** Places nodes in columns from left to right along the edges; coordinates are of the upper left corners. */
export function place(nodes: readonly TopologyNode[], edges: readonly TopologyEdge[]): Placement {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", nodesep: nodeSpacing, ranksep: columnSpacing, marginx: 4, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(nodes.map((node) => node.id));
  for (const node of nodes) {
    graph.setNode(node.id, { width: node.external ? externalWidth : nodeWidth, height: nodeHeight(node) });
  }
  for (const edge of edges) if (known.has(edge.from) && known.has(edge.to)) graph.setEdge(edge.from, edge.to);
  layout(graph);
  const placed = nodes.map((node) => {
    const { x = 0, y = 0, width = 0, height = 0 } = graph.node(node.id);
    return { id: node.id, x: x - width / 2, y: y - height / 2, width, height };
  });
  const size = graph.graph();
  return { nodes: placed, width: size.width ?? 0, height: size.height ?? 0 };
}
