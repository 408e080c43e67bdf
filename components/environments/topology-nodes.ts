import type { TopologyEdge, TopologyNode } from "@/components/topology/types";
import type { EnvironmentDetail, ResourceDto } from "@/lib/features/environments/schema";
import type { IncidentDto } from "@/lib/features/monitoring/schema";
import { formatBytes, formatCount, formatCpu, formatShare } from "@/lib/kernel/format";
import { Graph } from "@/lib/kernel/graph";
import { componentState } from "./component-state";
import { nodeIcon } from "./looks";

type Planned = NonNullable<EnvironmentDetail["planned"]>["components"][number];

/** A component that the plan makes, before anything exists. */
export function plannedNode({
  component,
  title,
  kind,
  cloud,
  replicas,
  storageBytes,
}: Planned): TopologyNode {
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

/** Components with their live state, each a link to its details, and the internet where people reach one directly. */
export function nodesOf(
  environment: EnvironmentDetail,
  incidents: readonly IncidentDto[],
  marks: Readonly<Record<string, string | null>>,
): TopologyNode[] {
  const { resources } = environment;
  const nodes = resources.map((one): TopologyNode => {
    return {
      id: one.component,
      title: one.title,
      subtitle: subtitleOf(environment, one),
      icon: nodeIcon(one.icon),
      mark: marks[one.component],
      status: componentState(one, incidents),
      lines: linesOf(one),
      href: `/environments/${environment.id}?component=${encodeURIComponent(one.component)}`,
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
export function edgesOf(resources: readonly ResourceDto[]): TopologyEdge[] {
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
