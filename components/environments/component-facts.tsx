import type { ReactNode } from "react";
import { Mono } from "@/components/ui/code";
import { DescriptionList } from "@/components/ui/description-list";
import { Status } from "@/components/ui/status";
import { Elapsed } from "@/components/ui/time";
import type { EnvironmentDetail, ResourceDto } from "@/lib/features/environments/schema";
import type { IncidentDto } from "@/lib/features/monitoring/schema";
import { formatBytes, formatCount, formatCpu, formatExact } from "@/lib/kernel/format";
import { componentState, stateReason, stateSince } from "./component-state";

export interface ComponentFactsProps {
  environment: EnvironmentDetail;
  incidents: readonly IncidentDto[];
  resource: ResourceDto;
  onSelect: (component: string) => void;
}

/** How a component is, since when and why; then what it consists of. */
export function ComponentFacts({ environment, incidents, resource, onSelect }: ComponentFactsProps) {
  const { tone, word } = componentState(resource, incidents);
  const since = stateSince(resource, incidents);
  const reason = stateReason(environment, resource, incidents);
  return (
    <div className="grid gap-3">
      <div>
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Status tone={tone} look="pill">
            {word.charAt(0).toUpperCase() + word.slice(1)}
          </Status>
          {since ? (
            <span className="text-sm text-muted tabular" title={`Since ${formatExact(since)}`}>
              for <Elapsed since={since} />
            </span>
          ) : null}
        </p>
        {reason ? <p className="mt-1.5 [overflow-wrap:anywhere] text-ink-soft">{reason}</p> : null}
      </div>
      <DescriptionList items={factsOf(environment, resource, onSelect)} />
    </div>
  );
}

function factsOf(
  environment: EnvironmentDetail,
  resource: ResourceDto,
  onSelect: (component: string) => void,
): { term: string; value: ReactNode }[] {
  const { component, title, cloud, replicas, restarts, attributes } = resource;
  const built = [
    ["Program", attributes.program],
    ["Image", attributes.image],
  ] as const;
  const needs = environment.resources.filter((one) => resource.dependsOn.includes(one.component));
  return [
    ...(component === title ? [] : [{ term: "Component", value: <Mono>{component}</Mono> }]),
    ...built.flatMap(([term, value]) =>
      typeof value === "string" && value !== "" ? [{ term, value: <Mono>{value}</Mono> }] : [],
    ),
    { term: "Cloud", value: cloud },
    { term: "Replicas", value: formatCount(replicas, "replica") },
    { term: replicas > 1 ? "Size of each replica" : "Size", value: sizeOf(resource) },
    ...(restarts > 0 ? [{ term: "Restarts", value: formatCount(restarts, "restart") }] : []),
    ...(needs.length > 0
      ? [{ term: "Depends on", value: <Needs components={needs} onSelect={onSelect} /> }]
      : []),
  ];
}

function sizeOf({ cpu, memoryBytes, storageBytes }: ResourceDto): string {
  const parts = [
    cpu > 0 ? formatCpu(cpu) : null,
    memoryBytes > 0 ? `${formatBytes(memoryBytes)} memory` : null,
    storageBytes > 0 ? `${formatBytes(storageBytes)} disk` : null,
  ].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(" · ") : "No limits";
}

function Needs(props: { components: readonly ResourceDto[]; onSelect: (component: string) => void }) {
  return (
    <span className="flex flex-wrap justify-end gap-x-3">
      {props.components.map((one) => (
        <button
          key={one.component}
          type="button"
          className="link cursor-pointer"
          onClick={() => props.onSelect(one.component)}
        >
          {one.title}
        </button>
      ))}
    </span>
  );
}
