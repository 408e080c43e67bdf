"use client";

import { useState } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { ReasonedButton } from "@/components/ui/reasoned-button";
import { type BackupDto, destroyedBackupDays } from "@/lib/features/backups/schema";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { formatBytes, formatCount } from "@/lib/kernel/format";
import { ReasonField } from "./reason-field";
import { useChange } from "./use-change";
import { whyNoChange } from "./why-not";

export interface DestroyButtonProps {
  environment: EnvironmentDetail;
  backups: readonly BackupDto[];
}

/** Confirms by name, and lists what will be deleted and what is kept. */
export function DestroyButton({ environment, backups }: DestroyButtonProps) {
  const [reason, setReason] = useState("");
  const [skipsBackup, setSkipsBackup] = useState(false);
  const holdsData = environment.resources.some((one) => one.storageBytes > 0);
  const change = useChange(environment.id, { watch: true });
  return (
    <ConfirmDialog
      trigger={
        <ReasonedButton variant="danger-outline" reason={whyNoChange(environment)}>
          Destroy…
        </ReasonedButton>
      }
      title={`Destroy ${environment.name}?`}
      description="All resources and data on every cloud will be deleted. This can’t be undone."
      losses={lossesOf(environment)}
      kept={[...keptOf(environment, backups, skipsBackup), "Activity, cost history and audit log"]}
      typeToConfirm={environment.name}
      confirmLabel="Destroy environment"
      onConfirm={() =>
        change.run({
          kind: "destroy",
          reason: reason.trim(),
          ...(skipsBackup && { safetyBackup: false }),
        })
      }
    >
      {holdsData ? (
        <Checkbox
          checked={skipsBackup}
          onCheckedChange={(checked) => setSkipsBackup(checked === true)}
          label="Skip the safety backup"
          description="For data that can no longer be copied. Requires approval by someone else."
        />
      ) : null}
      <ReasonField value={reason} onChange={setReason} />
    </ConfirmDialog>
  );
}

/** Backups outlive the environment for a while, and so does a last copy of its data. */
function keptOf(
  environment: EnvironmentDetail,
  backups: readonly BackupDto[],
  skipsBackup: boolean,
): string[] {
  const good = backups.filter((one) => one.status === "succeeded");
  const bytes = good.reduce((sum, one) => sum + one.sizeBytes, 0);
  const holdsData = environment.resources.some((one) => one.storageBytes > 0);
  const lines = [];
  if (good.length > 0)
    lines.push(
      `${formatCount(good.length, "backup")} (${formatBytes(bytes)}), for ${destroyedBackupDays} days`,
    );
  if (holdsData && !skipsBackup)
    lines.push(`Safety backup of the data, where the cloud supports it, for ${destroyedBackupDays} days`);
  return lines;
}

function lossesOf(environment: EnvironmentDetail): string[] {
  const lines = environment.resources.map((one) =>
    one.storageBytes > 0 ? `${one.component} and its ${formatBytes(one.storageBytes)} volume` : one.component,
  );
  for (const { url } of environment.endpoints) lines.push(`URL ${url}`);
  return lines;
}
