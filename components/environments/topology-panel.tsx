import { TopologyGraph } from "@/components/topology/topology-graph";
import type { TopologyEdge, TopologyNode } from "@/components/topology/types";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Time } from "@/components/ui/time";
import type { EnvironmentDetail, ResourceDto } from "@/lib/features/environments/schema";
import type { IncidentDto } from "@/lib/features/monitoring/schema";
import { formatBytes, formatCount, formatCpu, formatShare } from "@/lib/kernel/format";
import { Graph } from "@/lib/kernel/graph";
import { healthTones, nodeIcon } from "./looks";

export interface TopologyPanelProps {
  environment: EnvironmentDetail;
  incidents: readonly IncidentDto[];
}

/** What it is made of, with live state. */
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
      {resources.length === 0 && planned ? (
        <TopologyGraph
          label={`Planned components of ${environment.name}`}
          nodes={planned.components.map(plannedNode)}
          edges={planned.components.flatMap((one) =>
            one.dependsOn.map((to) => ({ from: one.component, to })),
          )}
        />
      ) : resources.length === 0 ? (
        <EmptyState title={environment.destroyedAt ? "Environment destroyed" : "No resources"}>
          {environment.destroyedAt ? "Every component was deleted." : "No components exist."}
        </EmptyState>
      ) : (
        <TopologyGraph
          label={`Components of ${environment.name}`}
          nodes={nodesOf(environment, incidents)}
          edges={edgesOf(resources)}
        />
      )}
    </Card>
  );
}

type Planned = NonNullable<EnvironmentDetail["planned"]>["components"][number];

function plannedNode({ component, title, kind, cloud, replicas, storageBytes }: Planned): TopologyNode {
  return {
    id: component,
    title,
    subtitle: replicas > 1 ? formatCount(replicas, "replica") : title === component ? kind : component,
    icon: nodeIcon(null),
    status: { tone: "neutral", word: "planned" },
    lines: [`On ${cloud}`, ...(storageBytes > 0 ? [`${formatBytes(storageBytes)} disk`] : [])],
  };
}

const internet = "internet";

function nodesOf(environment: EnvironmentDetail, incidents: readonly IncidentDto[]): TopologyNode[] {
  const { resources } = environment;
  const nodes = resources.map((one): TopologyNode => {
    const open = incidents.filter((incident) => !incident.closedAt && incident.component === one.component);
    return {
      id: one.component,
      title: one.title,
      subtitle: subtitleOf(environment, one),
      icon: nodeIcon(one.icon),
      status: statusOf(one, open),
      lines: linesOf(one),
      href: `/environments/${environment.id}/logs?component=${encodeURIComponent(one.component)}`,
    };
  });
  return drawsPeople(resources)
    ? [{ id: internet, title: "Internet", external: true, icon: "internet" }, ...nodes]
    : nodes;
}

/** Long chains need the width for themselves: what people reach is in the links beside them. */
function drawsPeople(resources: readonly ResourceDto[]): boolean {
  const depths = graphOf(resources).depths();
  return resources.some((one) => one.url) && [...depths.values()].every((depth) => depth <= 1);
}

/** Drawn from what people reach to what it needs. */
function edgesOf(resources: readonly ResourceDto[]): TopologyEdge[] {
  const graph = graphOf(resources);
  const people = drawsPeople(resources);
  return resources.flatMap(({ component, url }) => [
    ...(url && people ? [{ from: internet, to: component }] : []),
    ...graph.predecessors(component).map((to) => ({ from: component, to })),
  ]);
}

function graphOf(resources: readonly ResourceDto[]): Graph<string> {
  return Graph.of(resources.map((one) => [one.component, one.dependsOn] as const));
}

function subtitleOf({ clouds }: EnvironmentDetail, one: ResourceDto): string {
  if (one.replicas > 1) return formatCount(one.replicas, "replica");
  // The cloud is in the headline already, unless there are several.
  return clouds.length > 1 ? one.cloud : one.title === one.component ? one.kind : one.component;
}

function statusOf(one: ResourceDto, open: readonly IncidentDto[]): TopologyNode["status"] {
  if (one.status !== "running")
    return { tone: one.status === "stopped" ? "neutral" : "busy", word: one.status };
  const tries = open.reduce((sum, incident) => sum + incident.actions.length, 0);
  if (open.length > 0 && one.health !== "healthy") {
    return {
      tone: one.health === "unhealthy" ? "bad" : "warning",
      word: tries > 0 ? `healing, attempt ${tries}` : one.health,
    };
  }
  return { tone: healthTones[one.health], word: one.health === "unknown" ? "health unknown" : one.health };
}

function linesOf(one: ResourceDto): string[] {
  const lines: string[] = [];
  if (one.status === "running" && one.latest) {
    const { cpuCores, memoryBytes } = one.latest;
    const limit = one.cpu * one.replicas;
    const cpu =
      cpuCores !== null && limit > 0
        ? `CPU ${formatShare(cpuCores / limit)} of ${formatCpu(limit)}`
        : `CPU ${formatCpu(cpuCores)}`;
    const disk = one.storageBytes > 0 ? ` · ${formatBytes(one.storageBytes)} disk` : "";
    lines.push(cpu, `${formatBytes(memoryBytes)} memory${disk}`);
  } else {
    if (one.status === "running") lines.push("No metrics yet");
    if (one.storageBytes > 0) lines.push(`${formatBytes(one.storageBytes)} disk`);
  }
  if (one.restarts > 0)
    lines.push(one.restarts === 1 ? "Restarted once" : `Restarted ${formatCount(one.restarts, "time")}`);
  return lines;
}
