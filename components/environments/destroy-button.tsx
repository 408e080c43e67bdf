"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { BackupDto } from "@/lib/features/backups/schema";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { formatBytes, formatCount } from "@/lib/kernel/format";
import { ReasonField } from "./reason-field";
import { useChange } from "./use-change";

export interface DestroyButtonProps {
  environment: EnvironmentDetail;
  backups: readonly BackupDto[];
  disabled: boolean;
}

/** Asks by name, and says what will be gone: volumes, restore points, links. */
export function DestroyButton({ environment, backups, disabled }: DestroyButtonProps) {
  const [reason, setReason] = useState("");
  const change = useChange(environment.id, { watch: true });
  return (
    <ConfirmDialog
      trigger={
        <Button variant="danger-outline" disabled={disabled}>
          Destroy…
        </Button>
      }
      title={`Destroy ${environment.name}?`}
      description="Everything of it is taken out of its clouds. This cannot be undone."
      losses={lossesOf(environment, backups)}
      kept={["Its activity, its cost so far and the audit log"]}
      typeToConfirm={environment.name}
      confirmLabel="Destroy"
      onConfirm={() => change.run({ kind: "destroy", reason: reason.trim() })}
    >
      <ReasonField value={reason} onChange={setReason} />
    </ConfirmDialog>
  );
}

function lossesOf(environment: EnvironmentDetail, backups: readonly BackupDto[]): string[] {
  const good = backups.filter((one) => one.status === "succeeded");
  const bytes = good.reduce((sum, one) => sum + one.sizeBytes, 0);
  const lines = environment.resources.map((one) =>
    one.storageBytes > 0
      ? `${one.component} with all its data (${formatBytes(one.storageBytes)} volume)`
      : one.component,
  );
  if (good.length > 0) lines.push(`${formatCount(good.length, "restore point")} (${formatBytes(bytes)})`);
  for (const { url } of environment.endpoints) lines.push(`The link ${url}`);
  return lines;
}
