import { Badge } from "@/components/ui/badge";
import { Card, CardFooter } from "@/components/ui/card";
import { Meter } from "@/components/ui/meter";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { Tone } from "@/components/ui/tone";
import type { CloudDto } from "@/lib/features/clouds/schema";
import { formatBytes, formatCount, formatCpu } from "@/lib/kernel/format";
import { CloudActions } from "./cloud-actions";

function stateOf(cloud: CloudDto): { tone: Tone; word: string } {
  if (!cloud.enabled) return { tone: "neutral", word: "Disabled" };
  if (cloud.healthOk === null) return { tone: "neutral", word: "Not checked yet" };
  return cloud.healthOk ? { tone: "good", word: "Healthy" } : { tone: "bad", word: "Not well" };
}

/** One cloud: how it is, what is left of it, what lives on it. */
export function CloudCard({ cloud, manages }: { cloud: CloudDto; manages: boolean }) {
  const state = stateOf(cloud);
  const facts = Object.entries(cloud.facts).slice(0, 4);
  return (
    <Card className="flex flex-col">
      <div className="flex flex-wrap items-start justify-between gap-2">
        <div className="min-w-0">
          <h2 className="truncate text-lg font-semibold">{cloud.title}</h2>
          <p className="text-xs text-muted">
            <span className="font-mono">{cloud.name}</span> · {cloud.driverTitle}
            {cloud.version ? ` ${cloud.version}` : ""}
          </p>
        </div>
        <Status tone={state.tone} look="pill">
          {state.word}
        </Status>
      </div>
      {cloud.healthMessage ? (
        <p className={cloud.healthOk === false ? "mt-2 text-bad-ink" : "mt-2 text-muted"}>
          {cloud.healthMessage}
        </p>
      ) : null}
      <Capacity cloud={cloud} />
      {facts.length > 0 ? (
        <dl className="mt-4 grid grid-cols-2 gap-x-4 gap-y-1 text-xs">
          {facts.map(([name, value]) => (
            <div key={name} className="min-w-0">
              <dt className="inline text-muted">{name} </dt>
              <dd className="inline break-words">{value}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      <div className="mt-4 flex flex-wrap gap-1">
        {cloud.implementations.map((kind) => (
          <Badge key={kind} tone="accent">
            {kind}
          </Badge>
        ))}
        {Object.entries(cloud.labels).map(([name, value]) => (
          <Badge key={name}>
            {name}={value}
          </Badge>
        ))}
        {cloud.isDemo ? <Badge>demo</Badge> : null}
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

function Capacity({ cloud }: { cloud: CloudDto }) {
  const { capacity, held } = cloud;
  if (!capacity) {
    return (
      <p className="mt-4 text-xs text-muted">
        Capacity unknown · holds {formatCpu(held.cpu)}, {formatBytes(held.memoryBytes)} memory,{" "}
        {formatBytes(held.storageBytes)} storage
      </p>
    );
  }
  const { total, free } = capacity;
  const used = (name: keyof typeof total) => Math.max(0, total[name] - free[name]);
  return (
    <div className="mt-4 grid gap-3 sm:grid-cols-3">
      <Meter
        used={used("cpu")}
        max={total.cpu}
        showLabel
        label={`${formatCpu(used("cpu")).replace(/\s?cores?$/, "")} of ${formatCpu(total.cpu)}`}
      />
      <Meter
        used={used("memoryBytes")}
        max={total.memoryBytes}
        showLabel
        label={`${formatBytes(used("memoryBytes"))} of ${formatBytes(total.memoryBytes)} memory`}
      />
      <Meter
        used={used("storageBytes")}
        max={total.storageBytes}
        showLabel
        label={`${formatBytes(used("storageBytes"))} of ${formatBytes(total.storageBytes)} disk`}
      />
    </div>
  );
}
