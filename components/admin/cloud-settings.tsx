"use client";

import { useMemo, useState } from "react";
import { shownAtFields } from "@/components/data/use-action";
import { SchemaForm } from "@/components/forms/schema-form";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Card, CardFooter } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
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
export function CloudSettings({ cloud, configSchema, priceBooks }: CloudSettingsProps) {
  const kept = cloud.credentialNames.map((name) => ({ name, value: "", kept: true }));
  const [title, setTitle] = useState(cloud.title);
  const [labels, setLabels] = useState(cloud.labels);
  const [book, setBook] = useState(cloud.priceBookId ?? "");
  const [config, setConfig] = useState(() => configToForm(configSchema, cloud.config));
  const [secrets, setSecrets] = useState<readonly Credential[]>(kept);
  const pages = useMemo(() => [{ fields: configFields(configSchema) }], [configSchema]);
  const write = useWrite<CloudDto>({
    success: (now) => (now.healthOk === false ? "Cloud saved · Unhealthy" : "Cloud saved"),
    onSuccess: (now) => setSecrets(now.credentialNames.map((name) => ({ name, value: "", kept: true }))),
    onProblem: shownAtFields,
  });
  const errors = write.fieldErrors;
  const credentials = credentialsBody(secrets);

  return (
    <Card title="Settings">
      <form
        className="grid gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          void write.run(`/clouds/${cloud.id}`, {
            method: "PATCH",
            body: {
              title,
              labels,
              priceBookId: book || null,
              config: formToConfig(configSchema, config),
              ...(Object.keys(credentials).length > 0 && { credentials }),
            },
          });
        }}
      >
        {write.problem ? (
          <Callout tone="bad" title={write.problem.title}>
            {write.problem.detail}
          </Callout>
        ) : null}
        <Field label="Title" required error={errors.title}>
          {(control) => (
            <Input {...control} value={title} onChange={(event) => setTitle(event.target.value)} />
          )}
        </Field>
        <Field label="Price book" error={errors.priceBookId} hint="Prices used for this cloud">
          {(control) => (
            <NativeSelect {...control} value={book} onChange={(event) => setBook(event.target.value)}>
              <option value="">Default</option>
              {priceBooks.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name} ({one.currency})
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        <LabelField value={labels} onChange={setLabels} error={errors.labels} />
        <SchemaForm
          pages={pages}
          value={config}
          onChange={setConfig}
          errors={configErrorsOf(errors)}
          showErrors={write.problem !== undefined}
        />
        <fieldset className="grid gap-3">
          <legend className="mb-2 text-sm font-semibold">
            Credentials <span className="font-normal text-muted">Encrypted. Not shown after saving.</span>
          </legend>
          <CredentialFields value={secrets} onChange={setSecrets} />
        </fieldset>
        <CardFooter className="flex justify-end">
          <Button type="submit" variant="accent" loading={write.pending} disabled={title.trim() === ""}>
            Save
          </Button>
        </CardFooter>
      </form>
    </Card>
  );
}
