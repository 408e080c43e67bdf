"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { apiPost } from "@/components/data/api";
import { shownAtFields, useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

/** Changes the password; every other session ends, and so do API tokens unless they are to stay. */
export function PasswordForm() {
  const router = useRouter();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [revokeTokens, setRevokeTokens] = useState(true);
  const body = { current, next, revokeTokens };
  const change = useAction(() => apiPost("/me/password", { body }), {
    success: "Password changed. All other sessions were signed out.",
    onSuccess: () => {
      setCurrent("");
      setNext("");
      // The notice about an initial password goes.
      router.refresh();
    },
    onProblem: shownAtFields,
  });
  const problems = change.fieldErrors;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void change.run();
  };
  return (
    <form onSubmit={submit} className="grid gap-3">
      <Field label="Current password" error={problems.current}>
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="current-password"
            required
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        )}
      </Field>
      <Field label="New password" error={problems.next}>
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="new-password"
            required
            value={next}
            onChange={(event) => setNext(event.target.value)}
          />
        )}
      </Field>
      <Checkbox
        checked={revokeTokens}
        onCheckedChange={(next) => setRevokeTokens(next === true)}
        label="Revoke my API tokens"
        description="Keep this selected if someone else may know your current password."
      />
      <div>
        <Button type="submit" variant="primary" loading={change.pending}>
          Change password
        </Button>
      </div>
    </form>
  );
}
