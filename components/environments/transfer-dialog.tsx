"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { apiPatch } from "@/components/data/api";
import { shownAtFields, useAction } from "@/components/data/use-action";
import { PersonInput } from "@/components/forms/person-input";
import type { FoundPerson } from "@/components/forms/use-people";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { type DialogControl, useDialogOpen } from "@/components/ui/use-dialog-open";
import { formatCount } from "@/lib/kernel/format";

/** A member who may own environments. */
export type OwnerOption = FoundPerson;

export interface TransferDialogProps extends DialogControl {
  environments: readonly { id: string; name: string }[];
  /** Members who may own them; null while they are loaded. */
  candidates: readonly OwnerOption[] | null;
  /** Leave out when `open` is controlled. */
  trigger?: ReactNode;
}

/** Gives environments another owner, one after another: what was transferred stays so when a later one fails. */
export function TransferDialog(props: TransferDialogProps) {
  const { environments, candidates, trigger, returnFocusTo } = props;
  const router = useRouter();
  const [open, setOpen] = useDialogOpen(props);
  const [owner, setOwner] = useState("");
  const chosen = candidates?.find((one) => one.email.toLowerCase() === owner.trim().toLowerCase());
  const missing = chosen
    ? null
    : candidates
      ? "Choose a member of the project."
      : "Members are being loaded.";
  const [first] = environments;
  const what =
    environments.length === 1 && first ? first.name : formatCount(environments.length, "environment");
  const transfer = useAction(
    async (owner: string) => {
      for (const { id } of environments) {
        await apiPatch("/environments/{id}", { path: { id }, body: { owner } });
      }
    },
    { success: `${what} transferred`, onProblem: shownAtFields },
  );

  async function submit() {
    if (chosen && (await transfer.run(chosen.id))) setOpen(false);
    router.refresh();
  }

  return (
    <FormDialog
      open={open}
      onOpenChange={setOpen}
      trigger={trigger}
      returnFocusTo={returnFocusTo}
      title={`Transfer ${what}`}
      description="The new owner is notified, receives all later notifications and is charged from this hour on."
      submitLabel={environments.length === 1 ? "Transfer environment" : "Transfer environments"}
      missing={missing}
      pending={transfer.pending}
      onSubmit={() => void submit()}
    >
      <Field
        label="New owner"
        required
        error={transfer.fieldErrors.owner}
        hint={
          candidates?.length === 0
            ? "The project has no other owners or developers."
            : "Name or email address of an owner or developer of the project"
        }
      >
        {(control) => (
          <PersonInput
            {...control}
            value={owner}
            onChange={setOwner}
            searches={false}
            among={candidates ?? []}
          />
        )}
      </Field>
    </FormDialog>
  );
}
