"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { apiFetch } from "@/components/data/api";
import { shownAtFields, useAction } from "@/components/data/use-action";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { NativeSelect } from "@/components/ui/native-select";
import { type DialogControl, useDialogOpen } from "@/components/ui/use-dialog-open";
import { formatCount } from "@/lib/kernel/format";

export interface OwnerOption {
  id: string;
  name: string;
  email: string;
}

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
  const [first] = environments;
  const what =
    environments.length === 1 && first ? first.name : formatCount(environments.length, "environment");
  const transfer = useAction(
    async () => {
      for (const { id } of environments) {
        await apiFetch(`/environments/${id}`, { method: "PATCH", body: { owner } });
      }
    },
    { success: `${what} transferred`, onProblem: shownAtFields },
  );

  async function submit() {
    if (owner === "") return;
    if (await transfer.run()) setOpen(false);
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
      ready={owner !== ""}
      pending={transfer.pending}
      onSubmit={() => void submit()}
    >
      <Field
        label="New owner"
        error={transfer.fieldErrors.owner}
        hint={candidates?.length === 0 ? "The project has no other owners or developers." : undefined}
      >
        {(control) => (
          <NativeSelect {...control} value={owner} onChange={(event) => setOwner(event.target.value)}>
            <option value="">{candidates ? "Choose a member" : "Loading members…"}</option>
            {candidates?.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name} ({one.email})
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
    </FormDialog>
  );
}
