import { Stat } from "@/components/ui/stat";
import type { CloudHealth } from "@/lib/features/clouds/schema";
import { formatCount, formatNumber } from "@/lib/kernel/format";
import { OrphanFigure } from "./orphan-figure";

export interface AdminFiguresProps {
  /** Versions that wait for a review. */
  reviews: number;
  clouds: readonly CloudHealth[];
  failedRuns: number;
  failureDays: number;
  workers: { alive: number; known: number };
  /** Counts end here. */
  most: number;
}

/** What an administrator looks after, each leading to its list. */
export function AdminFigures(props: AdminFiguresProps) {
  const { reviews, clouds, failedRuns, workers, most } = props;
  const unhealthy = clouds.filter((cloud) => cloud.healthOk === false);
  const names = unhealthy.map((cloud) => cloud.title).join(", ");
  const some = (count: number) => (count < most ? formatNumber(count, 0) : `${most - 1}+`);
  return (
    <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-5">
      <Stat
        label="Versions in review"
        value={some(reviews)}
        note={reviews > 0 ? "Waiting for a reviewer" : "Nothing to review"}
        noteTone={reviews > 0 ? "warning" : "neutral"}
        href="/admin/templates?status=in_review"
      />
      <Stat
        label="Unhealthy clouds"
        value={unhealthy.length}
        of={`of ${clouds.length} enabled`}
        note={names || "All checked clouds respond"}
        noteTone={names ? "bad" : "neutral"}
        href={unhealthy.length === 1 ? `/admin/clouds/${unhealthy[0]?.id}` : "/admin/clouds"}
      />
      <Stat
        label="Failed runs"
        value={some(failedRuns)}
        note={`Last ${formatCount(props.failureDays, "day")}`}
        noteTone={failedRuns > 0 ? "bad" : "neutral"}
        href={`/requests/runs?status=failed&days=${props.failureDays}`}
      />
      <OrphanFigure clouds={clouds} />
      <Stat
        label="Active workers"
        value={workers.alive}
        of={workers.known > workers.alive ? `of ${workers.known} registered` : undefined}
        note={workers.alive === 0 ? "Nothing is provisioned or monitored" : "Provisioning and monitoring"}
        noteTone={workers.alive === 0 ? "bad" : "neutral"}
        href="/admin/system"
        className="max-md:col-span-2"
      />
    </div>
  );
}
