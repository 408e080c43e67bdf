"use client";

import { X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { IconButton } from "@/components/ui/icon-button";
import { Input, Textarea } from "@/components/ui/input";

export interface Credential {
  name: string;
  value: string;
  /** Kept on the server already: its value is never shown, only replaced or removed. */
  kept?: boolean;
  removed?: boolean;
}

/** What the API takes: given values replace, an empty text removes, the rest stays. */
export function credentialsBody(credentials: readonly Credential[]): Record<string, string> {
  return Object.fromEntries(
    credentials.flatMap(({ name, value, kept, removed }) => {
      if (removed) return kept ? [[name, ""]] : [];
      return name && value ? [[name, value]] : [];
    }),
  );
}

/** Names and values of a cloud's secrets. */
export function CredentialFields(props: {
  value: readonly Credential[];
  onChange: (value: readonly Credential[]) => void;
}) {
  const { value, onChange } = props;
  const change = (index: number, next: Partial<Credential>) =>
    onChange(value.map((one, at) => (at === index ? { ...one, ...next } : one)));
  return (
    <div className="grid gap-4">
      {value.map((secret, index) =>
        secret.removed ? null : (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows are only added at the end and marked as removed
          <div key={index} className="grid items-start gap-3 sm:grid-cols-[10rem_1fr_auto]">
            <Field label="Name">
              {(control) => (
                <Input
                  {...control}
                  value={secret.name}
                  readOnly={secret.kept}
                  placeholder="ca"
                  className="font-mono"
                  onChange={(event) => change(index, { name: event.target.value })}
                />
              )}
            </Field>
            <Field label="Value">
              {(control) => (
                <Textarea
                  {...control}
                  value={secret.value}
                  rows={1}
                  spellCheck={false}
                  placeholder={secret.kept ? "Saved. Enter a new value to replace it." : ""}
                  className="min-h-9.5 font-mono text-xs"
                  onChange={(event) => change(index, { value: event.target.value })}
                />
              )}
            </Field>
            <IconButton
              className="sm:mt-7"
              label={`Remove credential ${secret.name}`.trim()}
              onClick={() => change(index, { removed: true })}
            >
              <X aria-hidden />
            </IconButton>
          </div>
        ),
      )}
      <Button
        size="sm"
        className="justify-self-start"
        onClick={() => onChange([...value, { name: "", value: "" }])}
      >
        Add credential
      </Button>
    </div>
  );
}
