"use client";

import { MoreHorizontal, RotateCcw, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { apiFetch } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { BackupDto } from "@/lib/features/backups/schema";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { formatExact } from "@/lib/kernel/format";
import { CreateFromBackup } from "./create-from-backup";
import { useChange } from "./use-change";

/** Creates a backup now, with a note to find it by. */
export function TakeBackup({ environmentId, disabled }: { environmentId: string; disabled: boolean }) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState("");
  const take = useAction(
    () => apiFetch(`/environments/${environmentId}/backups`, { body: { note: note.trim() } }),
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
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button size="sm" variant="primary" disabled={disabled}>
          Back up now
        </Button>
      </DialogTrigger>
      <DialogContent
        title="Back up now"
        description="The environment keeps running. Components may pause while their data is copied."
        footer={
          <Button variant="primary" loading={take.pending} onClick={() => void take.run()}>
            Back up
          </Button>
        }
      >
        <Field label="Note" optional hint="For example, “Before schema migration”">
          {(control) => <Input {...control} value={note} onChange={(event) => setNote(event.target.value)} />}
        </Field>
      </DialogContent>
    </Dialog>
  );
}

/** Restores a backup, creates an environment from it or deletes it. */
export function BackupRowActions(props: { backup: BackupDto; environment: EnvironmentDetail }) {
  const { backup, environment } = props;
  const [asking, setAsking] = useState<"restore" | "create" | "delete">();
  const isGone = environment.status === "destroyed";
  const restorable = environment.can.restore && backup.status === "succeeded";
  const idle = environment.activeRunId === null && environment.status === "running";
  const removable = environment.can.backUp && backup.status !== "running";
  if (!restorable && !removable) return null;
  const close = (open: boolean) => open || setAsking(undefined);
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon-sm" aria-label="Backup actions">
            <MoreHorizontal aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          {restorable && isGone ? (
            <DropdownMenuItem onSelect={() => setAsking("create")}>
              <RotateCcw aria-hidden /> Create environment…
            </DropdownMenuItem>
          ) : null}
          {restorable && !isGone ? (
            <DropdownMenuItem disabled={!idle} onSelect={() => setAsking("restore")}>
              <RotateCcw aria-hidden /> Restore…
            </DropdownMenuItem>
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
      confirmLabel="Restore"
      onConfirm={() => change.run({ kind: "restore", backup: backup.id })}
    />
  );
}

function DeleteDialog({ backup, onOpenChange }: DialogProps) {
  const router = useRouter();
  const remove = useAction(() => apiFetch(`/backups/${backup.id}`, { method: "DELETE" }), {
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
      confirmLabel="Delete"
      onConfirm={() => remove.run()}
    />
  );
}
