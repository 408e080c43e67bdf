"use client";

import { MoreHorizontal, RotateCcw, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { apiDelete, apiPost } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { IconButton } from "@/components/ui/icon-button";
import { Input } from "@/components/ui/input";
import { ReasonedButton } from "@/components/ui/reasoned-button";
import { ReasonedMenuItem } from "@/components/ui/reasoned-menu-item";
import type { BackupDto } from "@/lib/features/backups/schema";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { formatExact } from "@/lib/kernel/format";
import { CreateFromBackup } from "./create-from-backup";
import { useChange } from "./use-change";
import { whyNotRunning } from "./why-not";

/** Creates a backup now, with a note to find it by. */
export function TakeBackup(props: { environment: EnvironmentDetail; isBusy: boolean }) {
  const { environment, isBusy } = props;
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState("");
  const take = useAction(
    () =>
      apiPost("/environments/{id}/backups", { path: { id: environment.id }, body: { note: note.trim() } }),
    {
      success: "Backup started",
      onSuccess: () => {
        setOpen(false);
        setNote("");
        router.refresh();
      },
    },
  );
  return (
    <FormDialog
      open={open}
      onOpenChange={setOpen}
      trigger={
        <ReasonedButton
          size="sm"
          variant="primary"
          reason={isBusy ? "A backup is in progress." : whyNotBackedUp(environment)}
        >
          Back up now
        </ReasonedButton>
      }
      title={`Back up ${environment.name}`}
      description="The environment keeps running. Components may pause while their data is copied."
      submitLabel="Back up environment"
      pending={take.pending}
      onSubmit={() => void take.run()}
    >
      <Field label="Note" optional hint="For example, “Before schema migration”">
        {(control) => <Input {...control} value={note} onChange={(event) => setNote(event.target.value)} />}
      </Field>
    </FormDialog>
  );
}

/** A change that runs doesn't keep anyone from a backup. */
function whyNotBackedUp(environment: EnvironmentDetail): string | null {
  return whyNotRunning({ ...environment, activeRunId: null }, "backUp");
}

/** Restores a backup, creates an environment from it or deletes it. */
export function BackupRowActions(props: { backup: BackupDto; environment: EnvironmentDetail }) {
  const { backup, environment } = props;
  const [asking, setAsking] = useState<"restore" | "create" | "delete">();
  const isGone = environment.status === "destroyed";
  const restorable = environment.can.restore && backup.status === "succeeded";
  const removable = environment.can.backUp && backup.status !== "running";
  if (!restorable && !removable) return null;
  const close = (open: boolean) => open || setAsking(undefined);
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <IconButton label="Backup actions">
            <MoreHorizontal aria-hidden />
          </IconButton>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          {restorable && isGone ? (
            <DropdownMenuItem onSelect={() => setAsking("create")}>
              <RotateCcw aria-hidden /> Create environment…
            </DropdownMenuItem>
          ) : null}
          {restorable && !isGone ? (
            <ReasonedMenuItem
              reason={whyNotRunning(environment, "restore")}
              icon={<RotateCcw />}
              onSelect={() => setAsking("restore")}
            >
              Restore…
            </ReasonedMenuItem>
          ) : null}
          {removable ? (
            <DropdownMenuItem danger onSelect={() => setAsking("delete")}>
              <Trash2 aria-hidden /> Delete
            </DropdownMenuItem>
          ) : null}
        </DropdownMenuContent>
      </DropdownMenu>
      {asking === "restore" ? (
        <RestoreDialog backup={backup} environment={environment} onOpenChange={close} />
      ) : null}
      {asking === "create" ? (
        <CreateFromBackup backup={backup} environment={environment} onOpenChange={close} />
      ) : null}
      {asking === "delete" ? <DeleteDialog backup={backup} onOpenChange={close} /> : null}
    </>
  );
}

interface DialogProps {
  backup: BackupDto;
  onOpenChange: (open: boolean) => void;
}

function RestoreDialog({
  backup,
  environment,
  onOpenChange,
}: DialogProps & { environment: EnvironmentDetail }) {
  const change = useChange(environment.id, { watch: true });
  const parts = [...new Set(backup.parts.map((part) => part.component))];
  const what = parts.length > 0 ? parts.join(" and ") : "the data";
  return (
    <ConfirmDialog
      open
      onOpenChange={onOpenChange}
      title={`Restore ${environment.name}?`}
      description={`Data is restored to ${formatExact(backup.createdAt)}. Expect a short interruption.`}
      losses={[`All changes to ${what} since then`]}
      kept={["Current data (backed up first where possible)", "Version, parameters, addresses and URLs"]}
      typeToConfirm={environment.name}
      confirmLabel="Restore backup"
      onConfirm={() => change.run({ kind: "restore", backup: backup.id })}
    />
  );
}

function DeleteDialog({ backup, onOpenChange }: DialogProps) {
  const router = useRouter();
  const remove = useAction(() => apiDelete("/backups/{id}", { path: { id: backup.id } }), {
    success: "Backup deleted",
    onSuccess: () => router.refresh(),
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={onOpenChange}
      title="Delete this backup?"
      losses={[`Backup from ${formatExact(backup.createdAt)}`]}
      kept={["Environment and other backups"]}
      confirmLabel="Delete backup"
      onConfirm={() => remove.run()}
    />
  );
}
