"use client";

import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { SchemaForm } from "@/components/forms/schema-form";
import type { FormValue } from "@/components/forms/types";
import { withDefaults } from "@/components/forms/validate";
import { Button, ButtonLink } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import type { CloudDto, DriverDto } from "@/lib/features/clouds/schema";
import { configFields } from "./config-fields";
import { useWrite } from "./use-write";

/** Registers a cloud: its driver, its name, the driver's own settings, and secrets that are never shown again. */
export function CloudForm({ drivers }: { drivers: readonly DriverDto[] }) {
  const router = useRouter();
  const [kind, setKind] = useState(drivers[0]?.kind ?? "");
  const [name, setName] = useState("");
  const [title, setTitle] = useState("");
  const [secrets, setSecrets] = useState<readonly { name: string; value: string }[]>([]);
  const driver = drivers.find((one) => one.kind === kind);
  const pages = useMemo(() => [{ fields: driver ? configFields(driver.configSchema) : [] }], [driver]);
  const [config, setConfig] = useState<FormValue>(() => withDefaults(pages));
  const write = useWrite<CloudDto>({
    success: (made) => (made.healthOk ? `${made.title} is added and healthy` : `${made.title} is added`),
    onSuccess: () => router.push("/admin/clouds"),
    onProblem: (problem) => problem.errors.length > 0,
  });
  const errors = write.problem?.fieldErrors ?? {};
  const configErrors = Object.fromEntries(
    Object.entries(errors).flatMap(([path, message]) =>
      path.startsWith("config.") ? [[path.split(".")[1] ?? "", message]] : [],
    ),
  );

  function choose(next: string) {
    const chosen = drivers.find((one) => one.kind === next);
    setKind(next);
    setConfig(withDefaults([{ fields: chosen ? configFields(chosen.configSchema) : [] }]));
  }

  function changeSecret(index: number, change: Partial<{ name: string; value: string }>) {
    setSecrets((present) => present.map((one, at) => (at === index ? { ...one, ...change } : one)));
  }

  return (
    <form
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        const filled = Object.entries(config).filter(([, value]) => value !== undefined && value !== "");
        const credentials = secrets
          .filter((one) => one.name && one.value)
          .map((one) => [one.name, one.value]);
        void write.run("/clouds", {
          method: "POST",
          body: {
            name,
            title: title || name,
            driver: kind,
            config: Object.fromEntries(filled),
            credentials: Object.fromEntries(credentials),
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
          <Field label="Title" required error={errors.title} hint="How people read it">
            {(control) => (
              <Input
                {...control}
                value={title}
                placeholder="Build host 2"
                onChange={(event) => setTitle(event.target.value)}
              />
            )}
          </Field>
          <Field label="Short name" required error={errors.name} hint="Lower-case letters, digits and dashes">
            {(control) => (
              <Input
                {...control}
                value={name}
                placeholder="build-2"
                className="font-mono"
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        </div>
      </Card>
      <Card title="Settings">
        <SchemaForm key={kind} pages={pages} value={config} onChange={setConfig} errors={configErrors} />
      </Card>
      <Card title="Credentials" aside="kept encrypted, never shown again">
        <div className="grid gap-4">
          {secrets.map((secret, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are only added at the end
            <div key={index} className="grid gap-3 sm:grid-cols-[12rem_1fr]">
              <Field label="Name">
                {(control) => (
                  <Input
                    {...control}
                    value={secret.name}
                    placeholder="ca"
                    className="font-mono"
                    onChange={(event) => changeSecret(index, { name: event.target.value })}
                  />
                )}
              </Field>
              <Field label="Value">
                {(control) => (
                  <Textarea
                    {...control}
                    value={secret.value}
                    rows={2}
                    spellCheck={false}
                    className="font-mono text-xs"
                    onChange={(event) => changeSecret(index, { value: event.target.value })}
                  />
                )}
              </Field>
            </div>
          ))}
          <Button
            size="sm"
            className="justify-self-start"
            onClick={() => setSecrets((present) => [...present, { name: "", value: "" }])}
          >
            Add a credential
          </Button>
        </div>
      </Card>
      <div className="flex justify-end gap-2">
        <ButtonLink href="/admin/clouds">Cancel</ButtonLink>
        <Button type="submit" variant="accent" loading={write.pending} disabled={!name || !kind}>
          Add and check
        </Button>
      </div>
    </form>
  );
}
