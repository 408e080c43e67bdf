"use client";

import { useMemo, useState } from "react";
import { apiPatch } from "@/components/data/api";
import { shownAtFields } from "@/components/data/use-action";
import { SchemaForm } from "@/components/forms/schema-form";
import { Callout } from "@/components/ui/callout";
import { Card, CardFooter } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { ReasonedButton } from "@/components/ui/reasoned-button";
import type { CloudDto } from "@/lib/features/clouds/schema";
import { configErrorsOf } from "./config-errors";
import { configFields, configToForm, formToConfig } from "./config-fields";
import { type Credential, CredentialFields, credentialsBody } from "./credential-fields";
import { LabelField } from "./label-field";
import { useWrite } from "./use-write";

export interface CloudSettingsProps {
  cloud: CloudDto;
  configSchema: Record<string, unknown>;
  priceBooks: readonly { id: string; name: string; currency: string }[];
}

/** Changes a cloud's title, settings, labels, price book and secrets; it is checked right away. */
export function CloudSettings(props: CloudSettingsProps) {
  const form = useCloudSettings(props);
  const { title, write } = form;
  const errors = write.fieldErrors;
  return (
    <Card title="Settings">
      <form
        className="grid gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          if (title.trim() !== "") void write.run();
        }}
      >
        {write.problem ? (
          <Callout tone="bad" title={write.problem.title}>
            {write.problem.detail}
          </Callout>
        ) : null}
        <Field label="Title" required error={errors.title}>
          {(control) => (
            <Input {...control} value={title} onChange={(event) => form.setTitle(event.target.value)} />
          )}
        </Field>
        <Field label="Price book" error={errors.priceBookId} hint="Prices used for this cloud">
          {(control) => (
            <NativeSelect
              {...control}
              value={form.book}
              onChange={(event) => form.setBook(event.target.value)}
            >
              <option value="">Default</option>
              {props.priceBooks.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name} ({one.currency})
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        <LabelField value={form.labels} onChange={form.setLabels} error={errors.labels} />
        <SchemaForm
          pages={form.pages}
          value={form.config}
          onChange={form.setConfig}
          errors={configErrorsOf(errors)}
          showErrors={write.problem !== undefined}
        />
        <fieldset className="grid gap-3">
          <legend className="mb-2 text-sm font-semibold">
            Credentials <span className="font-normal text-muted">Encrypted. Not shown after saving.</span>
          </legend>
          <CredentialFields value={form.secrets} onChange={form.setSecrets} />
        </fieldset>
        <CardFooter className="flex justify-end">
          <ReasonedButton
            type="submit"
            variant="accent"
            loading={write.pending}
            reason={title.trim() === "" ? "Enter a title." : null}
          >
            Save
          </ReasonedButton>
        </CardFooter>
      </form>
    </Card>
  );
}

function useCloudSettings({ cloud, configSchema }: CloudSettingsProps) {
  const kept = cloud.credentialNames.map((name) => ({ name, value: "", kept: true }));
  const [title, setTitle] = useState(cloud.title);
  const [labels, setLabels] = useState(cloud.labels);
  const [book, setBook] = useState(cloud.priceBookId ?? "");
  const [config, setConfig] = useState(() => configToForm(configSchema, cloud.config));
  const [secrets, setSecrets] = useState<readonly Credential[]>(kept);
  const pages = useMemo(() => [{ fields: configFields(configSchema) }], [configSchema]);
  const body = () => {
    const credentials = credentialsBody(secrets);
    return {
      title,
      labels,
      priceBookId: book || null,
      config: formToConfig(configSchema, config),
      ...(Object.keys(credentials).length > 0 && { credentials }),
    };
  };
  const write = useWrite(() => apiPatch("/clouds/{id}", { path: { id: cloud.id }, body: body() }), {
    success: (now) => (now.healthOk === false ? "Cloud saved · Unhealthy" : "Cloud saved"),
    onSuccess: (now) => setSecrets(now.credentialNames.map((name) => ({ name, value: "", kept: true }))),
    onProblem: shownAtFields,
  });
  return {
    ...{ title, setTitle, labels, setLabels, book, setBook, pages, config, setConfig, secrets, setSecrets },
    write,
  };
}
