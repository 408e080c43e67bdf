"use client";

import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { shownAtFields } from "@/components/data/use-action";
import { SchemaForm } from "@/components/forms/schema-form";
import type { FormValue } from "@/components/forms/types";
import { Button, ButtonLink } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import type { CloudDto, DriverDto } from "@/lib/features/clouds/schema";
import { configErrorsOf } from "./config-errors";
import { configFields, configToForm, formToConfig } from "./config-fields";
import { type Credential, CredentialFields, credentialsBody } from "./credential-fields";
import { LabelField, type Labels } from "./label-field";
import { slugOf } from "./slug";
import { useWrite } from "./use-write";

/** Registers a cloud: its driver, its name, the driver's own settings, and secrets that are never shown again. */
export function CloudForm({ drivers }: { drivers: readonly DriverDto[] }) {
  const router = useRouter();
  const [kind, setKind] = useState(drivers[0]?.kind ?? "");
  const [title, setTitle] = useState("");
  const [name, setName] = useState<string>();
  const [labels, setLabels] = useState<Labels>({});
  const [secrets, setSecrets] = useState<readonly Credential[]>([]);
  const schema = drivers.find((one) => one.kind === kind)?.configSchema;
  const pages = useMemo(() => [{ fields: schema ? configFields(schema) : [] }], [schema]);
  const [config, setConfig] = useState<FormValue>(() => (schema ? configToForm(schema) : {}));
  const write = useWrite<CloudDto>({
    success: (made) => (made.healthOk ? `${made.title} added · Healthy` : `${made.title} added`),
    onSuccess: (made) => router.push(`/admin/clouds/${made.id}`),
    onProblem: (problem) => shownAtFields(problem) || problem.status === 409,
  });
  const errors = write.fieldErrors;
  const shownName = name ?? slugOf(title);

  function choose(next: string) {
    const chosen = drivers.find((one) => one.kind === next);
    setKind(next);
    setConfig(chosen ? configToForm(chosen.configSchema) : {});
  }

  return (
    <form
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        void write.run("/clouds", {
          method: "POST",
          body: {
            name: shownName,
            title: title || shownName,
            driver: kind,
            config: schema ? formToConfig(schema, config) : {},
            credentials: credentialsBody(secrets),
            labels,
          },
        });
      }}
    >
      {write.problem ? (
        <Callout tone="bad" title={write.problem.title}>
          {write.problem.detail}
        </Callout>
      ) : null}
      <Card>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Driver" required error={errors.driver} className="sm:col-span-2">
            {(control) => (
              <NativeSelect {...control} value={kind} onChange={(event) => choose(event.target.value)}>
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
                value={title}
                placeholder="Build host 2"
                onChange={(event) => setTitle(event.target.value)}
              />
            )}
          </Field>
          <Field label="Name" required error={errors.name} hint="Used in the API. Can’t be changed later.">
            {(control) => (
              <Input
                {...control}
                value={shownName}
                placeholder="build-host-2"
                className="font-mono"
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <div className="sm:col-span-2">
            <LabelField value={labels} onChange={setLabels} error={errors.labels} />
          </div>
        </div>
      </Card>
      <Card title="Settings">
        <SchemaForm
          key={kind}
          pages={pages}
          value={config}
          onChange={setConfig}
          errors={configErrorsOf(errors)}
          showErrors={write.problem !== undefined}
        />
      </Card>
      <Card title="Credentials" aside="Encrypted. Not shown again after saving.">
        <CredentialFields value={secrets} onChange={setSecrets} />
      </Card>
      <div className="flex justify-end gap-2">
        <ButtonLink href="/admin/clouds">Cancel</ButtonLink>
        <Button type="submit" variant="accent" loading={write.pending} disabled={!shownName || !kind}>
          Add cloud
        </Button>
      </div>
    </form>
  );
}
