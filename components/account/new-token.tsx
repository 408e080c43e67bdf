"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { apiPost } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Mono } from "@/components/ui/code";
import { CopyButton } from "@/components/ui/copy-button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { scopeLabels } from "@/lib/features/tokens/schema";

/** Creates an API token and shows it, this once. */
export function NewToken() {
  const form = useNewToken();
  return (
    <>
      <TokenFields {...form} />
      {form.made ? (
        <Callout tone="good" title="Copy this token now. You won’t be able to see it again.">
          <span className="flex min-w-0 items-center gap-1 break-all">
            <Mono>{form.made}</Mono>
            <CopyButton value={form.made} label="Copy token" />
          </span>
        </Callout>
      ) : null}
    </>
  );
}

interface Wanted {
  name: string;
  scope: keyof typeof scopeLabels;
  /** As a number's text; "" = never expires. */
  days: string;
}

function useNewToken() {
  const router = useRouter();
  const [wanted, setWanted] = useState<Wanted>({ name: "", scope: "read", days: "90" });
  const [made, setMade] = useState<string>();
  const change = (next: Partial<Wanted>) => setWanted((before) => ({ ...before, ...next }));
  const { name, scope, days } = wanted;
  const scopes: Wanted["scope"][] = scope === "read" ? ["read"] : ["read", scope];
  const expiresInDays = days === "" ? null : Number(days);
  const create = useAction(() => apiPost("/tokens", { body: { name, scopes, expiresInDays } }), {
    onSuccess: (token) => {
      setMade(token.token);
      change({ name: "" });
      router.refresh();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void create.run();
  };
  return { wanted, change, made, submit, pending: create.pending };
}

function TokenFields({ wanted, change, submit, pending }: ReturnType<typeof useNewToken>) {
  return (
    <form onSubmit={submit} className="grid items-end gap-3 sm:grid-cols-[1fr_1fr_10rem_auto]">
      <Field label="Name">
        {(control) => (
          <Input
            {...control}
            required
            value={wanted.name}
            placeholder="deploy script"
            onChange={(event) => change({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label="Scope">
        {(control) => (
          <NativeSelect
            {...control}
            value={wanted.scope}
            onChange={(event) => change({ scope: event.target.value as Wanted["scope"] })}
          >
            {Object.entries(scopeLabels).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <Field label="Expires">
        {(control) => (
          <NativeSelect
            {...control}
            value={wanted.days}
            onChange={(event) => change({ days: event.target.value })}
          >
            <option value="30">In 30 days</option>
            <option value="90">In 90 days</option>
            <option value="365">In 1 year</option>
            <option value="">Never</option>
          </NativeSelect>
        )}
      </Field>
      <Button type="submit" loading={pending} className="h-9.5">
        Create token
      </Button>
    </form>
  );
}
