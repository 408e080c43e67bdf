import { TopologyGraph } from "@/components/topology/topology-graph";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { IconSheet } from "@/components/ui/icon-sheet";
import { markedProduct, productSymbols } from "@/components/ui/product-icon";
import { Time } from "@/components/ui/time";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import type { IncidentDto } from "@/lib/features/monitoring/schema";
import { ComponentTopology } from "./component-topology";
import { plannedNode } from "./topology-nodes";

export interface TopologyPanelProps {
  environment: EnvironmentDetail;
  incidents: readonly IncidentDto[];
}

/** Its components with live state; each opens its details. */
export function TopologyPanel({ environment, incidents }: TopologyPanelProps) {
  const { resources, planned } = environment;
  const observed = resources
    .map((one) => one.lastObservedAt)
    .filter((at) => at !== null)
    .sort()
    .at(-1);
  return (
    <Card
      title="Topology"
      flush
      aside={
        observed ? (
          <>
            Updated <Time value={observed} />
          </>
        ) : null
      }
    >
      {resources.length > 0 ? (
        <LiveTopology {...{ environment, incidents }} />
      ) : planned ? (
        <PlannedTopology name={environment.name} components={planned.components} />
      ) : (
        <EmptyState title={environment.destroyedAt ? "Environment destroyed" : "No resources"}>
          {environment.destroyedAt ? "Every component was deleted." : "No components exist."}
        </EmptyState>
      )}
    </Card>
  );
}

/** What exists, with the marks of its products: drawn here, so that a browser loads no others. */
function LiveTopology({ environment, incidents }: TopologyPanelProps) {
  const marks = Object.fromEntries(
    environment.resources.map((one) => [one.component, markedProduct(one.product, one.icon)] as const),
  );
  return (
    <>
      <IconSheet icons={productSymbols(Object.values(marks))} />
      <ComponentTopology {...{ environment, incidents, marks }} />
    </>
  );
}

type Planned = NonNullable<EnvironmentDetail["planned"]>["components"];

function PlannedTopology({ name, components }: { name: string; components: Planned }) {
  const nodes = components.map((one) => ({ ...plannedNode(one), mark: markedProduct(one.product) }));
  return (
    <>
      <IconSheet icons={productSymbols(nodes.map((node) => node.mark))} />
      <TopologyGraph
        label={`Planned components of ${name}`}
        nodes={nodes}
        edges={components.flatMap((one) => one.dependsOn.map((to) => ({ from: one.component, to })))}
      />
    </>
  );
}
