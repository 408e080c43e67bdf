"use client";

import { useState } from "react";
import { apiPatch } from "@/components/data/api";
import { shownAtFields } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import type { UserDto } from "@/lib/features/users/schema";
import { orgRoleOf, orgRoleOptions } from "./looks";
import { useWrite } from "./use-write";

/** Changes a person's name, role and password, and takes or gives back their access. */
export function PersonActions({ person, self }: { person: UserDto; self: boolean }) {
  return (
    <span className="flex justify-end gap-1">
      <EditPerson person={person} self={self} />
      {self ? null : <AccessButton person={person} />}
    </span>
  );
}

function AccessButton({ person }: { person: UserDto }) {
  const body = { disabled: !person.disabled };
  const write = useWrite(() => apiPatch("/users/{id}", { path: { id: person.id }, body }), {
    success: person.disabled ? `${person.name} enabled` : `${person.name} disabled`,
  });
  if (person.disabled) {
    return (
      <Button size="sm" variant="ghost" loading={write.pending} onClick={() => void write.run()}>
        Enable
      </Button>
    );
  }
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" variant="ghost">
          Disable
        </Button>
      }
      title={`Disable ${person.name}?`}
      losses={["All sessions", "All API tokens"]}
      kept={["Environments and requests", "Roles, restored when the user is enabled again"]}
      confirmLabel="Disable user"
      onConfirm={() => write.run()}
    />
  );
}

function EditPerson({ person, self }: { person: UserDto; self: boolean }) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState(person.name);
  const [role, setRole] = useState<string>(person.orgRole ?? "");
  const [password, setPassword] = useState("");
  const body = {
    ...(name !== person.name && { name }),
    ...(role !== (person.orgRole ?? "") && { orgRole: orgRoleOf(role) }),
    ...(password && { password }),
  };
  const write = useWrite(() => apiPatch("/users/{id}", { path: { id: person.id }, body }), {
    success: `${name} saved`,
    onSuccess: () => {
      setOpen(false);
      setPassword("");
    },
    onProblem: shownAtFields,
  });
  const errors = write.fieldErrors;
  return (
    <FormDialog
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="sm" variant="ghost" aria-label={`Edit ${person.name}`}>
          Edit
        </Button>
      }
      title={person.name}
      description={person.email}
      submitLabel="Save user"
      missing={Object.keys(body).length > 0 ? null : "No changes to save."}
      pending={write.pending}
      onSubmit={() => void write.run()}
    >
      <Field label="Name" error={errors.name}>
        {(control) => <Input {...control} value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <RoleField value={role} onChange={setRole} self={self} error={errors.orgRole} />
      {self || person.isDemo ? null : (
        <Field
          label="New password"
          optional
          error={errors.password}
          hint="Ends all sessions and API tokens of this user."
        >
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="new-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
      )}
    </FormDialog>
  );
}

function RoleField(props: {
  value: string;
  onChange: (role: string) => void;
  self: boolean;
  error?: string;
}) {
  const hint = props.self ? "You can’t change your own role." : undefined;
  return (
    <Field label="Organization role" error={props.error} hint={hint}>
      {(control) => (
        <NativeSelect
          {...control}
          value={props.value}
          disabled={props.self}
          onChange={(event) => props.onChange(event.target.value)}
        >
          {orgRoleOptions.map((one) => (
            <option key={one.value} value={one.value}>
              {one.label}
            </option>
          ))}
        </NativeSelect>
      )}
    </Field>
  );
}
