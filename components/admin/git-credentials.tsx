"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import { apiDelete, apiPatch, apiPost } from "@/components/data/api";
import { shownAtFields } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
import { Time } from "@/components/ui/time";
import type { GitCredentialDto } from "@/lib/features/credentials/schema";
import { useWrite } from "./use-write";

export interface GitCredentialsProps {
  projectId: string;
  credentials: readonly GitCredentialDto[];
  manages: boolean;
}

const empty = { name: "", address: "", username: "", password: "" };
type Values = typeof empty;

/** What the project's environments sign in with at Git servers. Passwords are never shown. */
export function GitCredentials({ projectId, credentials, manages }: GitCredentialsProps) {
  return (
    <Card title="Git credentials" aside={manages ? <AddCredential projectId={projectId} /> : undefined} flush>
      {credentials.length === 0 ? (
        <EmptyState title="No Git credentials yet">
          {manages
            ? "Add one to fetch private repositories in this project’s environments."
            : "You need the owner role in this project to add one."}
        </EmptyState>
      ) : null}
      <ul className="divide-y">
        {credentials.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5">
            <div className="min-w-0 flex-1 basis-56">
              <p className="font-semibold">{one.name}</p>
              <p className="text-xs break-all text-muted">
                {one.address} · {one.username}
              </p>
              <p className="text-xs text-muted">
                Last used: <Time value={one.lastUsedAt} fallback="never" />
              </p>
            </div>
            {manages ? <CredentialActions projectId={projectId} credential={one} /> : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function AddCredential({ projectId }: { projectId: string }) {
  const [open, setOpen] = useState(false);
  const [values, setValues] = useState(empty);
  const write = useWrite(
    () => apiPost("/projects/{id}/git-credentials", { path: { id: projectId }, body: values }),
    {
      success: (made) => `${made.name} added`,
      onSuccess: () => {
        setOpen(false);
        setValues(empty);
      },
      onProblem: shownAtFields,
    },
  );
  return (
    <FormDialog
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="sm">
          <KeyRound aria-hidden /> Add credential
        </Button>
      }
      title="Add Git credential"
      description="Everyone who can create environments in this project can fetch what this credential can read."
      submitLabel="Add credential"
      pending={write.pending}
      onSubmit={() => void write.run()}
    >
      <CredentialFields
        values={values}
        errors={write.fieldErrors}
        onChange={(change) => setValues((before) => ({ ...before, ...change }))}
      />
    </FormDialog>
  );
}

function CredentialActions(props: { projectId: string; credential: GitCredentialDto }) {
  const { projectId, credential } = props;
  const [open, setOpen] = useState(false);
  const { name, address, username } = credential;
  const before: Values = { name, address, username, password: "" };
  const [values, setValues] = useState(before);
  const path = { id: projectId, credentialId: credential.id };
  const body = {
    name: values.name,
    username: values.username,
    ...(values.password && { password: values.password }),
  };
  const change = useWrite(() => apiPatch("/projects/{id}/git-credentials/{credentialId}", { path, body }), {
    success: `${name} updated`,
    onSuccess: () => setOpen(false),
    onProblem: shownAtFields,
  });
  const remove = useWrite(() => apiDelete("/projects/{id}/git-credentials/{credentialId}", { path }), {
    success: `${name} deleted`,
  });
  return (
    <>
      <FormDialog
        open={open}
        onOpenChange={(next) => {
          setValues(before);
          setOpen(next);
        }}
        trigger={
          <Button size="sm" variant="ghost" aria-label={`Edit ${name}`}>
            Edit
          </Button>
        }
        title={`Edit ${name}`}
        submitLabel="Save credential"
        pending={change.pending}
        onSubmit={() => void change.run()}
      >
        <CredentialFields
          values={values}
          errors={change.fieldErrors}
          onChange={(next) => setValues((present) => ({ ...present, ...next }))}
          stored
        />
      </FormDialog>
      <ConfirmDialog
        trigger={
          <Button size="sm" variant="ghost" aria-label={`Delete ${name}`}>
            Delete
          </Button>
        }
        title={`Delete ${name}?`}
        losses={[`Access to private repositories at ${address}`]}
        kept={["Running environments and the code they already have"]}
        confirmLabel="Delete credential"
        onConfirm={() => remove.run()}
      />
    </>
  );
}

function CredentialFields(props: {
  values: Values;
  errors: Readonly<Record<string, string | undefined>>;
  onChange: (change: Partial<Values>) => void;
  /** The credential exists: its address stays and its password may. */
  stored?: boolean;
}) {
  const { values, errors, onChange, stored = false } = props;
  const set = (key: keyof Values) => (event: { target: { value: string } }) =>
    onChange({ [key]: event.target.value });
  return (
    <>
      <Field label="Name" required error={errors.name}>
        {(control) => <Input {...control} value={values.name} onChange={set("name")} autoComplete="off" />}
      </Field>
      <Field
        label="URL"
        required
        error={errors.address}
        hint={
          stored
            ? "To use another URL, add a new credential."
            : "Git server URL, optionally with a path, for example https://git.example.com/team"
        }
      >
        {(control) => (
          <Input
            {...control}
            value={values.address}
            onChange={set("address")}
            autoComplete="off"
            disabled={stored}
          />
        )}
      </Field>
      <Field label="Username" required error={errors.username}>
        {(control) => (
          <Input {...control} value={values.username} onChange={set("username")} autoComplete="off" />
        )}
      </Field>
      <Field
        label="Password or token"
        required={!stored}
        optional={stored}
        error={errors.password}
        hint={stored ? "Leave blank to keep the stored one." : "Stored encrypted and never shown again."}
      >
        {(control) => (
          <Input
            {...control}
            type="password"
            value={values.password}
            onChange={set("password")}
            autoComplete="new-password"
          />
        )}
      </Field>
    </>
  );
}
