"use client";

import "@xyflow/react/dist/base.css";
import {
  Background,
  BackgroundVariant,
  Controls,
  type Edge,
  MarkerType,
  type Node,
  ReactFlow,
  ReactFlowProvider,
  useNodesInitialized,
  useReactFlow,
} from "@xyflow/react";
import { useEffect, useMemo, useRef } from "react";
import { place } from "./layout";
import { type NodeData, TopologyNodeView } from "./topology-node";
import type { TopologyGraphProps } from "./types";

const nodeTypes = { component: TopologyNodeView };
const fit = { padding: { x: "16px", y: "24px" }, maxZoom: 1, minZoom: 0.2 } as const;
/** With fewer nodes everything is in view at its own size: buttons to zoom would only stand in the way. */
const zoomFromNodes = 8;

export function TopologyCanvas(props: TopologyGraphProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas(props: TopologyGraphProps) {
  const flow = useFlow(props);
  return (
    <ReactFlow
      nodes={flow.nodes}
      edges={flow.edges}
      nodeTypes={nodeTypes}
      aria-label={props.label}
      fitView
      fitViewOptions={fit}
      minZoom={0.2}
      maxZoom={1.5}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      zoomOnScroll={false}
      zoomOnDoubleClick={false}
      preventScrolling={false}
      translateExtent={[
        [-200, -160],
        [flow.width + 200, flow.height + 160],
      ]}
      attributionPosition="bottom-left"
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1} color="var(--line)" />
      {flow.nodes.length < zoomFromNodes ? null : (
        <Controls
          showInteractive={false}
          position="bottom-right"
          fitViewOptions={fit}
          className="overflow-hidden rounded-control border bg-panel [&>button]:flex [&>button]:size-7 [&>button]:items-center [&>button]:justify-center [&>button]:border-b [&>button]:last:border-b-0 [&>button:hover]:bg-hover [&_svg]:size-2.5 [&_svg]:fill-muted"
        />
      )}
      <Refit shape={flow.shape} />
    </ReactFlow>
  );
}

/** The graph as React Flow draws it. */
function useFlow({ nodes, edges, onSelect, selectedId }: TopologyGraphProps) {
  const shape = JSON.stringify([nodes.map((node) => [node.id, node.lines?.length ?? 0]), edges]);
  // Positions depend on the shape alone: a status that changes must not move anything.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const placement = useMemo(() => place(nodes, edges), [shape]);
  const flowNodes = useMemo<Node<NodeData>[]>(() => {
    const places = new Map(placement.nodes.map((each) => [each.id, each]));
    return nodes.flatMap((node) => {
      const at = places.get(node.id);
      if (!at) return [];
      return {
        id: node.id,
        type: "component",
        position: { x: at.x, y: at.y },
        width: at.width,
        height: at.height,
        data: { node, onSelect, selected: selectedId === node.id },
        focusable: false,
      };
    });
  }, [nodes, placement, onSelect, selectedId]);
  const flowEdges = useMemo<Edge[]>(() => {
    const states = new Map(nodes.map((node) => [node.id, node.state]));
    const isRunning = (id: string) => states.get(id) === "running";
    return edges.map((edge) => toFlowEdge(edge, isRunning(edge.to) || isRunning(edge.from)));
  }, [nodes, edges]);
  return { nodes: flowNodes, edges: flowEdges, shape, width: placement.width, height: placement.height };
}

function toFlowEdge(edge: TopologyGraphProps["edges"][number], active: boolean): Edge {
  return {
    id: `${edge.from}→${edge.to}`,
    source: edge.from,
    target: edge.to,
    label: edge.label,
    animated: active,
    focusable: false,
    style: { stroke: active ? "var(--accent-ink)" : "var(--line-strong)", strokeWidth: 1.4 },
    labelStyle: { fill: "var(--muted)", fontSize: 11 },
    labelBgStyle: { fill: "var(--panel)" },
    markerEnd: {
      type: MarkerType.ArrowClosed,
      color: active ? "var(--accent-ink)" : "var(--muted)",
      width: 14,
      height: 14,
    },
  };
}

/** Fits the view again when nodes come or go, or when the frame changes its size. */
function Refit({ shape }: { shape: string }) {
  const flow = useReactFlow();
  const ready = useNodesInitialized();
  const anchor = useRef<HTMLSpanElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape is the reason
  useEffect(() => {
    if (ready) void flow.fitView(fit);
  }, [ready, shape, flow]);
  useEffect(() => {
    const frame = anchor.current?.closest(".react-flow");
    if (!frame) return;
    const observer = new ResizeObserver(() => void flow.fitView(fit));
    observer.observe(frame);
    return () => observer.disconnect();
  }, [flow]);
  return <span ref={anchor} hidden />;
}
