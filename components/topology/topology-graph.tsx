"use client";

import dynamic from "next/dynamic";
import { useMemo } from "react";
import { useMediaQuery } from "@/components/ui/use-media-query";
import { estimateHeight } from "./size";
import { TopologyList } from "./topology-list";
import type { TopologyGraphProps } from "./types";

export type { TopologyGraphProps } from "./types";

const TopologyCanvas = dynamic(() => import("./topology-canvas").then((module) => module.TopologyCanvas), {
  ssr: false,
  loading: () => (
    <div aria-hidden className="m-4 h-[calc(100%-2rem)] animate-shimmer rounded-control bg-subtle" />
  ),
});

const minHeight = 168;
const maxHeight = 520;

/** Components and what they depend on, left to right, with live state; a list on phones. */
export function TopologyGraph(props: TopologyGraphProps) {
  const wide = useMediaQuery("(min-width: 640px)");
  const fitted = useMemo(
    () => Math.min(maxHeight, Math.max(minHeight, estimateHeight(props.nodes, props.edges) + 72)),
    [props.nodes, props.edges],
  );
  if (props.nodes.length === 0) {
    return <p className="px-4 py-10 text-center text-muted">No components yet</p>;
  }
  if (wide === false) return <TopologyList {...props} />;
  return (
    <section aria-label={props.label} className="w-full" style={{ height: props.height ?? fitted }}>
      <TopologyCanvas {...props} />
    </section>
  );
}
