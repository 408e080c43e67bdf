"use client";

import { useMemo, useRef } from "react";
import { TopologyGraph } from "@/components/topology/topology-graph";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import type { IncidentDto } from "@/lib/features/monitoring/schema";
import { ComponentDrawer } from "./component-drawer";
import { edgesOf, nodesOf } from "./topology-nodes";
import { useSelectedComponent } from "./use-selected-component";

export interface ComponentTopologyProps {
  environment: EnvironmentDetail;
  incidents: readonly IncidentDto[];
  /** By component, the product whose mark the page's IconSheet has. */
  marks: Readonly<Record<string, string | null>>;
}

/** The graph of what exists; a click on a component opens its details beside it. */
export function ComponentTopology({ environment, incidents, marks }: ComponentTopologyProps) {
  const { selected, select, close } = useSelectedComponent();
  const frame = useRef<HTMLDivElement>(null);
  const { resources } = environment;
  const nodes = useMemo(() => nodesOf(environment, incidents, marks), [environment, incidents, marks]);
  const edges = useMemo(() => edgesOf(resources), [resources]);
  const resource = resources.find((one) => one.component === selected) ?? null;

  function returnFocus(component: string) {
    frame.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(component)}"]`)?.focus();
  }

  return (
    <div ref={frame}>
      <TopologyGraph
        label={`Components of ${environment.name}`}
        nodes={nodes}
        edges={edges}
        onSelect={select}
        selectedId={resource?.component}
      />
      <ComponentDrawer
        {...{ environment, incidents, resource }}
        onSelect={select}
        onClose={close}
        onReturnFocus={returnFocus}
      />
    </div>
  );
}
