import Link from "next/link";
import { Badge } from "@/components/ui/badge";
import { Callout } from "@/components/ui/callout";
import { Card, CardFooter } from "@/components/ui/card";
import { cn } from "@/components/ui/cn";
import { Meter } from "@/components/ui/meter";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { Tone } from "@/components/ui/tone";
import { allocationOf, type CloudDto, isolationLabels, isolationSchema } from "@/lib/features/clouds/schema";
import { formatBytes, formatCount, formatCpu, formatNumber } from "@/lib/kernel/format";
import { CloudActions } from "./cloud-actions";

export function cloudState(cloud: CloudDto): { tone: Tone; word: string } {
  if (!cloud.enabled) return { tone: "neutral", word: "Disabled" };
  if (cloud.healthOk === null) return { tone: "neutral", word: "Not checked yet" };
  return cloud.healthOk ? { tone: "good", word: "Healthy" } : { tone: "bad", word: "Unhealthy" };
}

/** One cloud: its health, capacity and environments. */
export function CloudCard({ cloud, manages }: { cloud: CloudDto; manages: boolean }) {
  const state = cloudState(cloud);
  return (
    <Card className="flex flex-col">
      <div className="flex flex-wrap items-start justify-between gap-2">
        <div className="min-w-0">
          <h2 className="truncate text-lg font-semibold">
            <Link href={`/admin/clouds/${cloud.id}`} className="link-quiet">
              {cloud.title}
            </Link>
          </h2>
          <p className="text-xs text-muted">
            <span className="font-mono">{cloud.name}</span> · {cloud.driverTitle}
            {cloud.version ? ` ${cloud.version}` : ""}
          </p>
        </div>
        <Status tone={state.tone} look="pill">
          {state.word}
        </Status>
      </div>
      {cloud.enabled && cloud.healthOk === false ? (
        <p className="mt-2 text-bad-ink">{cloud.healthMessage}</p>
      ) : null}
      <CloudWarning cloud={cloud} className="mt-3" />
      <div className="mt-4">
        <CloudCapacity cloud={cloud} />
      </div>
      <div className="mt-4">
        <CloudBadges cloud={cloud} />
      </div>
      <div className="flex-1" />
      <CardFooter className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-xs text-muted">
          {formatCount(cloud.environments, "environment")}, {formatCount(cloud.resources, "resource")} ·
          checked <Time value={cloud.checkedAt} fallback="never" />
        </p>
        {manages ? <CloudActions cloud={cloud} /> : null}
      </CardFooter>
    </Card>
  );
}

/** What an administrator has to change about it. */
export function CloudWarning({ cloud, className }: { cloud: CloudDto; className?: string }) {
  if (cloud.warning === null) return null;
  return (
    <Callout tone="warning" title="Links use the portal’s host name" className={cn(className)}>
      {cloud.warning}
    </Callout>
  );
}

/** What the driver tells about the cloud, as it names it. */
export function CloudFacts({ facts }: { facts: CloudDto["facts"] }) {
  const rows = Object.entries(facts);
  if (rows.length === 0) return null;
  return (
    <dl className="mt-4 grid gap-x-8 gap-y-1.5 border-t pt-3.5 sm:grid-cols-2">
      {rows.map(([name, value]) => (
        <div
          key={name}
          // A path needs the whole row.
          className={cn("flex min-w-0 justify-between gap-4", value.length > 28 && "sm:col-span-2")}
        >
          <dt className="text-muted first-letter:uppercase">{name}</dt>
          <dd className="min-w-0 text-right break-words [overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What it can run, and the labels placement chooses by. */
export function CloudBadges({ cloud }: { cloud: CloudDto }) {
  const isolation = isolationSchema.safeParse(cloud.facts.isolation).data;
  return (
    <div className="flex flex-wrap gap-1">
      {cloud.implementations.map((kind) => (
        <Badge key={kind} tone="accent">
          {kind}
        </Badge>
      ))}
      {Object.entries(cloud.labels).map(([name, value]) => (
        <Badge key={name}>{value ? `${name}=${value}` : name}</Badge>
      ))}
      {cloud.isDemo ? <Badge>Demo</Badge> : null}
      {isolation ? (
        <Badge tone={isolation === "namespaces" ? "good" : "warning"}>{isolationLabels[isolation]}</Badge>
      ) : null}
    </div>
  );
}

const meters = [
  { name: "cpu", word: "", show: formatCpu, bare: (value: number) => formatNumber(value, 1) },
  { name: "memoryBytes", word: " memory", show: formatBytes, bare: formatBytes },
  { name: "storageBytes", word: " storage", show: formatBytes, bare: formatBytes },
] as const;

/** Allocated to environments, of the cloud's capacity: the same figures as in reports. */
export function CloudCapacity({ cloud }: { cloud: CloudDto }) {
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      {meters.map(({ name, word, show, bare }) => {
        const { allocated, capacity } = allocationOf(cloud, name);
        if (capacity === null) {
          return (
            <p key={name} className="text-xs text-muted">
              {show(allocated)}
              {word} allocated, capacity unknown
            </p>
          );
        }
        return (
          <Meter
            key={name}
            used={allocated}
            max={capacity}
            showLabel
            label={`${bare(allocated)} of ${show(capacity)}${word} allocated`}
          />
        );
      })}
    </div>
  );
}
