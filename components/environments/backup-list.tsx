import { DatabaseBackup } from "lucide-react";
import { Card } from "@/components/ui/card";
import { DescriptionList } from "@/components/ui/description-list";
import { EmptyState } from "@/components/ui/empty-state";
import { Status } from "@/components/ui/status";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { Tone } from "@/components/ui/tone";
import {
  type BackupDto,
  backupKindLabels,
  backupStatusLabels,
  destroyedBackupDays,
  type ProtectionDto,
} from "@/lib/features/backups/schema";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { formatBytes } from "@/lib/kernel/format";
import { BackupRowActions, TakeBackup } from "./backup-actions";
import { keepWords, scheduleWords } from "./looks";

const tones: Record<BackupDto["status"], Tone> = {
  running: "busy",
  succeeded: "good",
  failed: "bad",
  deleted: "neutral",
};

export interface BackupListProps {
  environment: EnvironmentDetail;
  backups: readonly BackupDto[];
  protection: ProtectionDto;
}

/** Backups with their contents, and when the next one is due. */
export function BackupList({ environment, backups, protection }: BackupListProps) {
  const { can, status } = environment;
  const keeps = protection.components.length > 0;
  const takes = can.backUp && keeps;
  const holds = backups.some((one) => one.parts.length > 0);
  const busy = backups.some((one) => one.status === "running");
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <Card
        title="Backups"
        flush
        className="order-2 lg:order-1"
        aside={takes ? <TakeBackup environment={environment} isBusy={busy} /> : null}
      >
        {backups.length === 0 ? (
          <EmptyState icon={<DatabaseBackup />} title={keeps ? "No backups yet" : "Backups aren’t available"}>
            {keeps
              ? "Backups appear here after the first scheduled or manual backup."
              : "This template has no components with backups."}
          </EmptyState>
        ) : (
          <Table caption="Backups">
            <TableHead>
              <tr>
                <TableHeader>Created</TableHeader>
                <TableHeader>Status</TableHeader>
                {holds ? <TableHeader className={wide}>Contents</TableHeader> : null}
                <TableHeader numeric>Size</TableHeader>
                <TableHeader>
                  <span className="sr-only">Actions</span>
                </TableHeader>
              </tr>
            </TableHead>
            <TableBody>
              {backups.map((backup) => (
                <Row key={backup.id} backup={backup} environment={environment} holds={holds} />
              ))}
            </TableBody>
          </Table>
        )}
      </Card>
      <Card title="Schedule and retention" className="order-1 lg:order-2">
        {keeps ? (
          <>
            {protection.components.map((one) => (
              <DescriptionList
                key={one.component}
                className="mb-3"
                items={[
                  { term: "Component", value: one.component },
                  {
                    term: "Schedule",
                    value: one.schedule ? scheduleWords(one.schedule) : "Manual only",
                  },
                  { term: "Retention", value: keepWords(one.keep) },
                ]}
              />
            ))}
            <p className="text-xs text-muted">
              {protection.nextAt && status === "running" ? (
                <>
                  Next backup: <Time value={protection.nextAt} />.{" "}
                </>
              ) : null}
              The template sets the schedule and contents. Manual backups are kept until deleted. After the
              environment is destroyed, all backups are kept for {destroyedBackupDays} days. You can create a
              new environment from one.
            </p>
          </>
        ) : (
          <p className="text-muted">This template doesn’t define backups.</p>
        )}
      </Card>
    </div>
  );
}

/** Left out on phones. */
const wide = "hidden sm:table-cell";

interface RowProps {
  backup: BackupDto;
  environment: EnvironmentDetail;
  holds: boolean;
}

function Row({ backup, environment, holds }: RowProps) {
  return (
    <TableRow>
      <TableCell>
        <Time value={backup.createdAt} className="whitespace-nowrap" />
        <div className="text-xs text-muted">
          {backupKindLabels[backup.kind]}, {backup.createdBy}
        </div>
        {backup.note ? <div className="max-w-72 text-xs text-ink-soft">“{backup.note}”</div> : null}
      </TableCell>
      <TableCell>
        <Status tone={tones[backup.status]}>{backupStatusLabels[backup.status]}</Status>
        {backup.error ? <div className="max-w-72 text-xs text-bad-ink">{backup.error}</div> : null}
      </TableCell>
      {holds ? (
        <TableCell className={wide}>
          {backup.parts.map((part) => (
            <div key={`${part.component} ${part.method}`} className="text-xs whitespace-nowrap">
              {part.component}{" "}
              <code className="font-mono text-muted" title={`SHA-256 ${part.sha256}`}>
                {part.sha256.slice(0, 12)}
              </code>
            </div>
          ))}
        </TableCell>
      ) : null}
      <TableCell numeric>{backup.status === "succeeded" ? formatBytes(backup.sizeBytes) : ""}</TableCell>
      <TableCell className="text-right">
        <BackupRowActions backup={backup} environment={environment} />
      </TableCell>
    </TableRow>
  );
}
