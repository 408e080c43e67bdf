"use client";

import { UserPlus } from "lucide-react";
import { useState } from "react";
import { apiPost } from "@/components/data/api";
import { shownAtFields } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { orgRoleOf, orgRoleOptions } from "./looks";
import { useWrite } from "./use-write";

const nobody = { name: "", email: "", orgRole: "", password: "" };

/** Creates a person with a first password, or without one for single sign-on. */
export function NewPerson({ defaultOpen = false }: { defaultOpen?: boolean }) {
  const [open, setOpen] = useState(defaultOpen);
  const [value, setValue] = useState(nobody);
  const body = () => ({
    name: value.name,
    email: value.email,
    orgRole: orgRoleOf(value.orgRole),
    ...(value.password && { password: value.password }),
  });
  const write = useWrite(() => apiPost("/users", { body: body() }), {
    success: (made) => `${made.name} created`,
    onSuccess: () => {
      setOpen(false);
      setValue(nobody);
    },
    onProblem: shownAtFields,
  });
  const errors = write.fieldErrors;
  const set = (name: keyof typeof nobody) => (event: { target: { value: string } }) =>
    setValue((present) => ({ ...present, [name]: event.target.value }));

  return (
    <FormDialog
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button variant="primary">
          <UserPlus aria-hidden /> New user
        </Button>
      }
      title="New user"
      description="Members see nothing until they join a project. Administrators, auditors and finance don’t need one."
      submitLabel="Create user"
      pending={write.pending}
      onSubmit={() => void write.run()}
    >
      <Field label="Name" required error={errors.name}>
        {(control) => <Input {...control} value={value.name} onChange={set("name")} autoComplete="off" />}
      </Field>
      <Field label="Email address" required error={errors.email}>
        {(control) => (
          <Input {...control} type="email" value={value.email} onChange={set("email")} autoComplete="off" />
        )}
      </Field>
      <Field label="Organization role" error={errors.orgRole}>
        {(control) => (
          <NativeSelect {...control} value={value.orgRole} onChange={set("orgRole")}>
            {orgRoleOptions.map((role) => (
              <option key={role.value} value={role.value}>
                {role.label}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <Field
        label="Initial password"
        optional
        error={errors.password}
        hint="At least 10 characters. Leave blank for SSO users."
      >
        {(control) => (
          <Input
            {...control}
            type="password"
            value={value.password}
            onChange={set("password")}
            autoComplete="new-password"
          />
        )}
      </Field>
    </FormDialog>
  );
}
