"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { apiFetch } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Mono } from "@/components/ui/code";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { CopyButton } from "@/components/ui/copy-button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { Time } from "@/components/ui/time";
import { scopeLabels, type TokenCreatedDto, type TokenDto } from "@/lib/features/tokens/schema";

type Scope = keyof typeof scopeLabels;

/** Personal tokens: made here, shown once, revoked at once. */
export function TokenList({ tokens }: { tokens: readonly TokenDto[] }) {
  const router = useRouter();
  const revoke = useAction((id: string) => apiFetch(`/tokens/${id}`, { method: "DELETE" }), {
    success: "Token revoked",
    onSuccess: () => router.refresh(),
  });
  return (
    <div className="grid gap-4">
      <NewToken />
      {tokens.length === 0 ? (
        <p className="text-muted">
          No API tokens yet. Send a token in the header <Mono>Authorization: Bearer</Mono>. Requests are
          described in the{" "}
          <Link href="/docs/api" className="link underline">
            API reference
          </Link>
          .
        </p>
      ) : (
        <ul className="grid grid-cols-1 divide-y">
          {tokens.map((token) => (
            <li key={token.id} className="flex flex-wrap items-center justify-between gap-3 py-2.5">
              <span className="min-w-0">
                <span className="font-medium">{token.name}</span> <Mono>{token.prefix}…</Mono>
                <span className="block text-sm text-muted">
                  {scopeLabels[widest(token.scopes)]} · last used{" "}
                  <Time value={token.lastUsedAt} fallback="never" /> · expires{" "}
                  <Time value={token.expiresAt} fallback="never" />
                  {token.parent
                    ? ` · created with ${token.parent.name}, expires or is revoked with it`
                    : null}
                </span>
              </span>
              <ConfirmDialog
                trigger={<Button size="sm">Revoke</Button>}
                title={`Revoke ${token.name}?`}
                description={consequenceOf(token, tokens)}
                confirmLabel="Revoke"
                tone="danger"
                onConfirm={() => revoke.run(token.id)}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What else ends when a token is revoked. */
function consequenceOf(token: TokenDto, tokens: readonly TokenDto[]): string {
  const ended = new Set([token.id]);
  // Newest first: a token is always listed before the one it was created with.
  for (const one of tokens.toReversed()) if (one.parent && ended.has(one.parent.id)) ended.add(one.id);
  const also = tokens.filter((one) => one.id !== token.id && ended.has(one.id)).map((one) => one.name);
  const names = new Intl.ListFormat("en").format(also);
  const sentence = "Requests using this token will fail immediately.";
  return also.length === 0 ? sentence : `${sentence} Tokens created with it are also revoked: ${names}.`;
}

/** The most a token may do: a wider scope includes the others. */
function widest(scopes: readonly Scope[]): Scope {
  return (["admin", "approve", "write"] as const).find((one) => scopes.includes(one)) ?? "read";
}

function NewToken() {
  const router = useRouter();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<Scope>("read");
  const [days, setDays] = useState("90");
  const [made, setMade] = useState<string>();
  const create = useAction(
    () =>
      apiFetch<TokenCreatedDto>("/tokens", {
        method: "POST",
        body: {
          name,
          scopes: scope === "read" ? ["read"] : ["read", scope],
          expiresInDays: days === "" ? null : Number(days),
        },
      }),
    {
      onSuccess: (token) => {
        setMade(token.token);
        setName("");
        router.refresh();
      },
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void create.run();
  };
  return (
    <>
      <form onSubmit={submit} className="grid items-end gap-3 sm:grid-cols-[1fr_1fr_10rem_auto]">
        <Field label="Name">
          {(control) => (
            <Input
              {...control}
              required
              value={name}
              placeholder="deploy script"
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label="Scope">
          {(control) => (
            <NativeSelect
              {...control}
              value={scope}
              onChange={(event) => setScope(event.target.value as Scope)}
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
            <NativeSelect {...control} value={days} onChange={(event) => setDays(event.target.value)}>
              <option value="30">In 30 days</option>
              <option value="90">In 90 days</option>
              <option value="365">In 1 year</option>
              <option value="">Never</option>
            </NativeSelect>
          )}
        </Field>
        <Button type="submit" loading={create.pending} className="h-9.5">
          Create token
        </Button>
      </form>
      {made ? (
        <Callout tone="good" title="Copy this token now. You won’t be able to see it again.">
          <span className="flex min-w-0 items-center gap-1 break-all">
            <Mono>{made}</Mono>
            <CopyButton value={made} label="Copy token" />
          </span>
        </Callout>
      ) : null}
    </>
  );
}
