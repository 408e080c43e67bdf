"use client";

import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { sentenceFor, signInWith } from "./sign-in-with";

export interface SignInFormProps {
  next: string;
  error?: string | undefined;
  oidcName?: string | undefined;
}

export function SignInForm({ next, error, oidcName }: SignInFormProps) {
  const { problem, busy, signIn } = useSignIn(next, error);
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const textOf = (name: string) => String(form.get(name) ?? "");
    void signIn("credentials", { email: textOf("email"), password: textOf("password") });
  }
  return (
    <div className="grid gap-4">
      {problem ? (
        <Callout tone="bad" title="Couldn’t sign you in">
          {problem}
        </Callout>
      ) : null}
      {oidcName ? (
        <>
          <Button
            variant="accent"
            size="lg"
            loading={busy === "oidc"}
            onClick={() => void signIn("oidc", {})}
          >
            Sign in with {oidcName}
          </Button>
          <div className="flex items-center gap-3 text-xs text-muted">
            <span className="h-px flex-1 bg-line" aria-hidden />
            or with a local account
            <span className="h-px flex-1 bg-line" aria-hidden />
          </div>
        </>
      ) : null}
      <form className="grid gap-4" onSubmit={submit}>
        <Field label="Email" required>
          {(control) => (
            <Input
              {...control}
              name="email"
              type="email"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
            />
          )}
        </Field>
        <Field label="Password" required>
          {(control) => (
            <Input {...control} name="password" type="password" autoComplete="current-password" required />
          )}
        </Field>
        <Button
          type="submit"
          variant={oidcName ? "outline" : "accent"}
          size="lg"
          loading={busy === "credentials"}
          className="mt-1"
        >
          Sign in
        </Button>
      </form>
    </div>
  );
}

/** One sign-in at a time; while the browser leaves for the next page, the button stays busy. */
function useSignIn(next: string, error: string | undefined) {
  const [problem, setProblem] = useState(error ? sentenceFor(error) : undefined);
  const [busy, setBusy] = useState<"credentials" | "oidc">();
  async function signIn(way: "credentials" | "oidc", fields: Record<string, string>) {
    setBusy(way);
    setProblem(undefined);
    const answer = await signInWith(way, fields, next);
    if (answer === null) return;
    setProblem(answer);
    setBusy(undefined);
  }
  return { problem, busy, signIn };
}
