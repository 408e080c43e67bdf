"use client";

import { useState } from "react";
import { apiPatch, apiPost } from "@/components/data/api";
import { shownAtFields } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
import type { CostCenterDto } from "@/lib/features/projects/schema";
import { useWrite } from "./use-write";

/** Creates a cost center, or changes its code and name. */
export function EditCostCenter({ costCenter }: { costCenter?: CostCenterDto }) {
  const [open, setOpen] = useState(false);
  const [code, setCode] = useState(costCenter?.code ?? "");
  const [name, setName] = useState(costCenter?.name ?? "");
  const body = { code, name };
  const save = () =>
    costCenter
      ? apiPatch("/cost-centers/{id}", { path: { id: costCenter.id }, body })
      : apiPost("/cost-centers", { body });
  const write = useWrite(save, {
    success: costCenter ? `Cost center ${code} saved` : `Cost center ${code} created`,
    onSuccess: () => {
      setOpen(false);
      if (costCenter) return;
      setCode("");
      setName("");
    },
    onProblem: shownAtFields,
  });
  const errors = write.fieldErrors;
  const blank = code.trim() === "" || name.trim() === "";
  const same = code === costCenter?.code && name === costCenter?.name;
  return (
    <FormDialog
      open={open}
      onOpenChange={setOpen}
      trigger={
        costCenter ? (
          <Button size="sm" variant="ghost" aria-label={`Edit ${costCenter.code}`}>
            Edit
          </Button>
        ) : (
          <Button size="sm">New cost center</Button>
        )
      }
      title={costCenter ? `Cost center ${costCenter.code}` : "New cost center"}
      description={
        costCenter
          ? undefined
          : "Projects are billed to a cost center. Each month closes with one statement per cost center."
      }
      submitLabel={costCenter ? "Save cost center" : "Create cost center"}
      missing={blank ? "Enter a code and a name." : same ? "No changes to save." : null}
      pending={write.pending}
      onSubmit={() => void write.run()}
    >
      <Field label="Code" required error={errors.code} hint="As used in your accounting system">
        {(control) => (
          <Input
            {...control}
            className="font-mono"
            value={code}
            placeholder="4100"
            onChange={(event) => setCode(event.target.value)}
          />
        )}
      </Field>
      <Field label="Name" required error={errors.name}>
        {(control) => <Input {...control} value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
    </FormDialog>
  );
}
