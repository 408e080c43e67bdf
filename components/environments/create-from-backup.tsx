"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { apiPost } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
import type { BackupDto } from "@/lib/features/backups/schema";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { formatExact } from "@/lib/kernel/format";

export interface CreateFromBackupProps {
  backup: BackupDto;
  /** The destroyed environment that the backup is of. */
  environment: EnvironmentDetail;
  onOpenChange: (open: boolean) => void;
}

/** A new environment of the same project and template version with a backup's data. */
export function CreateFromBackup({ backup, environment, onOpenChange }: CreateFromBackupProps) {
  const router = useRouter();
  const [name, setName] = useState(environment.name);
  const create = useAction(
    () =>
      apiPost("/requests", {
        body: {
          kind: "create",
          project: environment.project.slug,
          template: environment.template.name,
          backup: backup.id,
          name: name.trim(),
          parameters: {},
          reason: `Created from the backup of ${environment.name}`,
        },
      }),
    {
      onSuccess: ({ runId, id }) => router.push(runId ? `/runs/${runId}` : `/requests/${id}`),
      onProblem: (problem) => Boolean(problem.fieldErrors.name),
    },
  );
  return (
    <FormDialog
      open
      onOpenChange={onOpenChange}
      title="Create environment from backup"
      description={`Same template version and parameters, with the data from ${formatExact(backup.createdAt)}.`}
      submitLabel="Create environment"
      pending={create.pending}
      onSubmit={() => void create.run()}
    >
      <Field
        label="Name"
        hint="Used in the URL. Lowercase letters, digits and hyphens."
        error={create.fieldErrors.name}
      >
        {(control) => (
          <Input {...control} value={name} maxLength={40} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
    </FormDialog>
  );
}
