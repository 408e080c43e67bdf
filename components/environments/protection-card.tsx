import Link from "next/link";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DescriptionList } from "@/components/ui/description-list";
import { Time } from "@/components/ui/time";
import type { BackupDto, ProtectionDto } from "@/lib/features/backups/schema";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { formatBytes } from "@/lib/kernel/format";
import { ExtendDialog } from "./extend-dialog";
import { LeaseLeft } from "./lease-left";
import { leaseOf, scheduleWords } from "./looks";

export interface ProtectionCardProps {
  environment: EnvironmentDetail;
  backups: readonly BackupDto[];
  protection: ProtectionDto;
}

/** How safe its data is, and how long it lives. */
export function ProtectionCard({ environment, backups, protection }: ProtectionCardProps) {
  const good = backups.find((one) => one.status === "succeeded");
  const newest = backups[0];
  const keeps = protection.components.length > 0;
  if (environment.destroyedAt) return null;
  const exists = environment.status !== "pending" && environment.status !== "provisioning";
  const schedule = protection.components.find((one) => one.schedule)?.schedule;
  return (
    <Card title="Backups and lease">
      <DescriptionList
        items={[
          {
            term: "Last backup",
            value: !keeps ? (
              <span className="text-muted">Not applicable</span>
            ) : good ? (
              <Link href={`/environments/${environment.id}/backups`} className="link-quiet">
                <Time value={good.createdAt} />, {formatBytes(good.sizeBytes)}
              </Link>
            ) : (
              <span className={exists ? "text-warning-ink" : "text-muted"}>None yet</span>
            ),
          },
          ...(newest?.status === "failed"
            ? [{ term: "Last attempt", value: <span className="text-bad-ink">Failed</span> }]
            : []),
          ...(keeps
            ? [
                {
                  term: "Schedule",
                  value: schedule ? (
                    scheduleWords(schedule)
                  ) : (
                    <span className="text-warning-ink">Manual only</span>
                  ),
                },
              ]
            : []),
          {
            term: "Lease",
            value: (
              <span className="inline-flex items-baseline gap-1.5">
                <LeaseLeft {...leaseOf(environment)} />
                {environment.can.change && environment.activeRunId === null && exists ? (
                  <ExtendDialog
                    environment={environment}
                    trigger={
                      <Button variant="link" size="sm" className="h-auto">
                        Extend
                      </Button>
                    }
                  />
                ) : null}
              </span>
            ),
          },
        ]}
      />
    </Card>
  );
}
