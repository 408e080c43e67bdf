import { TopologyGraph } from "@/components/topology/topology-graph";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
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
        <ComponentTopology environment={environment} incidents={incidents} />
      ) : planned ? (
        <TopologyGraph
          label={`Planned components of ${environment.name}`}
          nodes={planned.components.map(plannedNode)}
          edges={planned.components.flatMap((one) =>
            one.dependsOn.map((to) => ({ from: one.component, to })),
          )}
        />
      ) : (
        <EmptyState title={environment.destroyedAt ? "Environment destroyed" : "No resources"}>
          {environment.destroyedAt ? "Every component was deleted." : "No components exist."}
        </EmptyState>
      )}
    </Card>
  );
}
