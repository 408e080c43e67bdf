"use client";

import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { apiPost } from "@/components/data/api";
import { shownAtFields } from "@/components/data/use-action";
import { SchemaForm } from "@/components/forms/schema-form";
import type { FormValue } from "@/components/forms/types";
import { ButtonLink } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { ReasonedButton } from "@/components/ui/reasoned-button";
import type { DriverDto } from "@/lib/features/clouds/schema";
import { configErrorsOf } from "./config-errors";
import { configFields, configToForm, formToConfig } from "./config-fields";
import { type Credential, CredentialFields, credentialsBody } from "./credential-fields";
import { LabelField, type Labels } from "./label-field";
import { slugOf } from "./slug";
import { useWrite } from "./use-write";

/** Registers a cloud: its driver, its name, the driver's own settings, and secrets that are never shown again. */
export function CloudForm({ drivers }: { drivers: readonly DriverDto[] }) {
  const form = useCloudForm(drivers);
  const { write, about } = form;
  return (
    <form
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (about.kind && about.name) void write.run();
      }}
    >
      {write.problem ? (
        <Callout tone="bad" title={write.problem.title}>
          {write.problem.detail}
        </Callout>
      ) : null}
      <Card>
        <AboutFields {...{ drivers, about }} onChange={form.change} errors={write.fieldErrors} />
      </Card>
      <Card title="Settings">
        <SchemaForm
          key={about.kind}
          pages={form.pages}
          value={form.config}
          onChange={form.setConfig}
          errors={configErrorsOf(write.fieldErrors)}
          showErrors={write.problem !== undefined}
        />
      </Card>
      <Card title="Credentials" aside="Encrypted. Not shown again after saving.">
        <CredentialFields value={form.secrets} onChange={form.setSecrets} />
      </Card>
      <div className="flex justify-end gap-2">
        <ButtonLink href="/admin/clouds">Cancel</ButtonLink>
        <ReasonedButton
          type="submit"
          variant="accent"
          loading={write.pending}
          reason={!about.kind ? "Choose a driver." : !about.name ? "Enter a title." : null}
        >
          Add cloud
        </ReasonedButton>
      </div>
    </form>
  );
}

interface About {
  /** The driver's kind. */
  kind: string;
  title: string;
  name: string;
  labels: Labels;
}

function useCloudForm(drivers: readonly DriverDto[]) {
  const router = useRouter();
  const [kind, setKind] = useState(drivers[0]?.kind ?? "");
  const [title, setTitle] = useState("");
  const [name, setName] = useState<string>();
  const [labels, setLabels] = useState<Labels>({});
  const [secrets, setSecrets] = useState<readonly Credential[]>([]);
  const schema = drivers.find((one) => one.kind === kind)?.configSchema;
  const pages = useMemo(() => [{ fields: schema ? configFields(schema) : [] }], [schema]);
  const [config, setConfig] = useState<FormValue>(() => (schema ? configToForm(schema) : {}));
  const about: About = { kind, title, name: name ?? slugOf(title), labels };
  const body = () => ({
    name: about.name,
    title: title || about.name,
    driver: kind,
    config: schema ? formToConfig(schema, config) : {},
    credentials: credentialsBody(secrets),
    labels,
  });
  const write = useWrite(() => apiPost("/clouds", { body: body() }), {
    success: (made) => (made.healthOk ? `${made.title} added · Healthy` : `${made.title} added`),
    onSuccess: (made) => router.push(`/admin/clouds/${made.id}`),
    onProblem: (problem) => shownAtFields(problem) || problem.status === 409,
  });

  function change(next: Partial<About>) {
    if (next.title !== undefined) setTitle(next.title);
    if (next.name !== undefined) setName(next.name);
    if (next.labels !== undefined) setLabels(next.labels);
    if (next.kind === undefined) return;
    const chosen = drivers.find((one) => one.kind === next.kind);
    setKind(next.kind);
    setConfig(chosen ? configToForm(chosen.configSchema) : {});
  }

  return { about, change, pages, config, setConfig, secrets, setSecrets, write };
}

interface AboutFieldsProps {
  drivers: readonly DriverDto[];
  about: About;
  onChange: (next: Partial<About>) => void;
  errors: Readonly<Record<string, string>>;
}

function AboutFields({ drivers, about, onChange, errors }: AboutFieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Driver" required error={errors.driver} className="sm:col-span-2">
        {(control) => (
          <NativeSelect
            {...control}
            value={about.kind}
            onChange={(event) => onChange({ kind: event.target.value })}
          >
            {drivers.map((one) => (
              <option key={one.kind} value={one.kind}>
                {one.title} ({one.implementations.join(", ")})
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <Field label="Title" required error={errors.title} hint="Display name">
        {(control) => (
          <Input
            {...control}
            value={about.title}
            placeholder="Build host 2"
            onChange={(event) => onChange({ title: event.target.value })}
          />
        )}
      </Field>
      <Field label="Name" required error={errors.name} hint="Used in the API. Can’t be changed later.">
        {(control) => (
          <Input
            {...control}
            value={about.name}
            placeholder="build-host-2"
            className="font-mono"
            onChange={(event) => onChange({ name: event.target.value })}
          />
        )}
      </Field>
      <div className="sm:col-span-2">
        <LabelField value={about.labels} onChange={(labels) => onChange({ labels })} error={errors.labels} />
      </div>
    </div>
  );
}
