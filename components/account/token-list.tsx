"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { apiDelete } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { Mono } from "@/components/ui/code";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Time } from "@/components/ui/time";
import { scopeLabels, type TokenDto } from "@/lib/features/tokens/schema";
import { NewToken } from "./new-token";

type Scope = keyof typeof scopeLabels;

/** Personal tokens: made here, shown once, revoked at once. */
export function TokenList({ tokens }: { tokens: readonly TokenDto[] }) {
  const router = useRouter();
  const revoke = useAction((id: string) => apiDelete("/tokens/{id}", { path: { id } }), {
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
                confirmLabel="Revoke token"
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
