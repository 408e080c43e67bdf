"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { apiPost } from "@/components/data/api";
import { shownAtFields } from "@/components/data/use-action";
import { PersonInput } from "@/components/forms/person-input";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
import type { CostCenterDto } from "@/lib/features/projects/schema";
import { CostCenterField } from "./cost-center-field";
import { slugOf } from "./slug";
import { useWrite } from "./use-write";

/** Creates a project; its limits and members are given on its own page. */
export function NewProject(props: {
  costCenters: readonly CostCenterDto[];
  defaultOpen?: boolean;
  /** Whether this person may look users up. */
  searches: boolean;
}) {
  const { costCenters } = props;
  const router = useRouter();
  const [open, setOpen] = useState(props.defaultOpen ?? false);
  const [name, setName] = useState("");
  const [slug, setSlug] = useState<string>();
  const [costCenter, setCostCenter] = useState(costCenters[0]?.id ?? "");
  const [owner, setOwner] = useState("");
  const shownSlug = slug ?? slugOf(name);
  const body = { name, slug: shownSlug, costCenter, ...(owner && { owner }) };
  const write = useWrite(() => apiPost("/projects", { body }), {
    success: (made) => `${made.name} created. Add members and limits next.`,
    onSuccess: (made) => router.push(`/admin/projects/${made.slug}`),
    onProblem: shownAtFields,
  });
  const errors = write.fieldErrors;
  return (
    <FormDialog
      open={open}
      onOpenChange={setOpen}
      trigger={<Button variant="primary">New project</Button>}
      title="New project"
      submitLabel="Create project"
      missing={name === "" ? "Enter a name." : costCenter === "" ? "Choose a cost center." : null}
      pending={write.pending}
      onSubmit={() => void write.run()}
    >
      <Field label="Name" required error={errors.name}>
        {(control) => <Input {...control} value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <Field
        label="Slug"
        required
        error={errors.slug}
        hint="Used in URLs and the API. Can’t be changed later."
      >
        {(control) => (
          <Input
            {...control}
            className="font-mono"
            value={shownSlug}
            onChange={(event) => setSlug(event.target.value)}
          />
        )}
      </Field>
      <CostCenterField
        {...{ costCenters }}
        value={costCenter}
        onChange={setCostCenter}
        required
        error={errors.costCenter}
        hint={
          costCenters.length === 0 ? "Create a cost center first, below the list of projects." : undefined
        }
      />
      <Field label="Owner" optional error={errors.owner} hint="Name or email address">
        {(control) => (
          <PersonInput {...control} value={owner} onChange={setOwner} searches={props.searches} />
        )}
      </Field>
    </FormDialog>
  );
}
