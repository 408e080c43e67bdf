import { TopologyGraph } from "@/components/topology/topology-graph";
import type { NodeIcon, TopologyNode } from "@/components/topology/types";
import { ButtonLink } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { DescriptionList } from "@/components/ui/description-list";
import { IconSheet } from "@/components/ui/icon-sheet";
import { Money } from "@/components/ui/money";
import { markedProduct, productSymbols } from "@/components/ui/product-icon";
import {
  type TemplateDetail,
  type VersionDetail,
  type VersionStatus,
  versionStatusLabels,
} from "@/lib/features/catalog/schema";
import type { CloudOption, LeaseRule } from "@/lib/features/requests/schema";
import { formatCount, formatDuration, formatPercent } from "@/lib/kernel/format";
import { ComponentList } from "./component-list";
import { Maintainer } from "./maintainer";
import { priceWords } from "./template-card";
import { VersionList } from "./version-list";

const nodeIcons: Record<string, NodeIcon> = {
  database: "database",
  zap: "cache",
  cpu: "worker",
  "list-checks": "queue",
  server: "network",
  "app-window": "web",
  "panel-top": "web",
  "shopping-bag": "web",
  hexagon: "web",
  globe: "internet",
};

export interface PresetLine {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  leaseDays?: number | undefined;
  monthly: string | null;
  currency: string;
}

export interface TemplateViewProps {
  template: TemplateDetail;
  version: VersionDetail;
  presets: readonly PresetLine[];
  lease: LeaseRule;
  clouds: readonly CloudOption[];
  /** What changed in each version, by version. */
  changes: Readonly<Record<string, readonly string[]>>;
}

/** What one gets, in what sizes, for how much, and in which versions. */
export function TemplateView({ template, version, presets, lease, clouds, changes }: TemplateViewProps) {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="grid min-w-0 gap-4">
        {version.status === "published" ? null : (
          <Callout tone="warning" title={`Version ${version.version} is ${words(version.status)}`}>
            {version.status === "deprecated"
              ? "You can still request this template, but a newer version replaces it."
              : "This version can’t be requested."}
          </Callout>
        )}
        <Architecture title={template.title} components={version.components} />
        <ComponentList title={template.title} components={version.components} />
        <Card title="Pricing" aside="Estimated for the recommended cloud">
          {presets.length === 0 ? (
            <p className="text-muted">No presets. The price depends on your parameters.</p>
          ) : (
            <ul className="grid divide-y">
              {presets.map((preset) => (
                <li
                  key={preset.name}
                  className="flex items-baseline justify-between gap-4 py-2.5 first:pt-0 last:pb-0"
                >
                  <span className="min-w-0">
                    <span className="font-medium">{preset.title ?? preset.name}</span>
                    <span className="block text-xs text-muted">
                      {preset.description ?? (preset.leaseDays ? `${preset.leaseDays}-day lease` : "")}
                    </span>
                  </span>
                  <Money amount={preset.monthly} currency={preset.currency} period="month" />
                </li>
              ))}
            </ul>
          )}
        </Card>
        <VersionList title={template.title} versions={template.versions} changes={changes} />
      </div>
      <Card title="Details" className="max-lg:order-first lg:sticky lg:top-6">
        <DescriptionList items={facts(template, version, lease, clouds)} />
        {version.status === "published" || version.status === "deprecated" ? (
          <ButtonLink
            href={`/catalog/${template.name}/request`}
            variant="accent"
            className="mt-4 h-10 w-full"
          >
            Create environment
          </ButtonLink>
        ) : null}
      </Card>
    </div>
  );
}

function words(status: VersionStatus): string {
  return versionStatusLabels[status].toLowerCase();
}

function facts(
  template: TemplateDetail,
  version: VersionDetail,
  lease: LeaseRule,
  clouds: readonly CloudOption[],
) {
  const kinds = [...new Set(version.components.flatMap((one) => one.implementations))];
  return [
    { term: "Price", value: priceWords(template.price) },
    {
      term: "Typical setup time",
      value: template.typicalSeconds === null ? "Unknown" : formatDuration(template.typicalSeconds * 1000),
    },
    {
      term: "Success rate",
      value: template.successRate === null ? "Unknown" : formatPercent(template.successRate),
    },
    { term: "Running", value: formatCount(template.running, "environment") },
    {
      term: "Lease",
      value: `${formatCount(lease.defaultDays, "day")} (max ${lease.maxDays})`,
    },
    {
      term: "Backups",
      value: version.components.some((one) => one.backup) ? "Included" : "Not included",
    },
    { term: "Runtime", value: kinds.join(" or ") },
    { term: "Runs on", value: <CloudList clouds={cloudsFor(version, clouds)} /> },
    { term: "Maintained by", value: <Maintainer owner={template.owner} contact={version.contact} /> },
  ];
}

/** The clouds that can run every component in one of its implementations. */
function cloudsFor(version: VersionDetail, clouds: readonly CloudOption[]): CloudOption[] {
  return clouds.filter((cloud) =>
    version.components.every((one) =>
      one.implementations.some((kind) => cloud.implementations.includes(kind)),
    ),
  );
}

/** Clouds with how they keep components apart. */
function CloudList({ clouds }: { clouds: readonly CloudOption[] }) {
  if (clouds.length === 0) return "No single cloud supports all components";
  return (
    <ul className="grid gap-1">
      {clouds.map((cloud) => (
        <li key={cloud.name} className="flex flex-wrap items-baseline justify-end gap-x-2">
          {cloud.title}
          {cloud.isolation ? <span className="text-xs text-muted">{cloud.isolation}</span> : null}
        </li>
      ))}
    </ul>
  );
}

type Component = VersionDetail["components"][number];

function Architecture({ title, components }: { title: string; components: readonly Component[] }) {
  const nodes = components.map(toNode);
  return (
    <Card flush title="Architecture" aside={formatCount(components.length, "component")}>
      <IconSheet icons={productSymbols(nodes.map((node) => node.mark ?? null))} />
      <TopologyGraph
        label={`Components of ${title}`}
        nodes={nodes}
        edges={components.flatMap((one) => one.requires.map((other) => ({ from: one.name, to: other })))}
      />
    </Card>
  );
}

function toNode(component: Component): TopologyNode {
  const line = component.backup ? "Backed up" : "";
  return {
    id: component.name,
    title: component.title,
    icon: nodeIcons[component.icon] ?? "box",
    mark: markedProduct(component.product, component.icon),
    lines: [component.implementations.join(" or "), ...(line ? [line] : [])],
  };
}
