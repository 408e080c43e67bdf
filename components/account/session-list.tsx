"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { apiDelete } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Time } from "@/components/ui/time";
import type { SessionDto } from "@/lib/features/identity/schema";
import { browserWords } from "./browser-words";

/** Where the person is signed in; the others can be ended. */
export function SessionList({ sessions }: { sessions: readonly SessionDto[] }) {
  const router = useRouter();
  const [revokeTokens, setRevokeTokens] = useState(true);
  const endOthers = useAction(
    () => apiDelete("/sessions", { query: { revokeTokens: revokeTokens ? "true" : "false" } }),
    {
      success: "Signed out of all other sessions",
      onSuccess: () => router.refresh(),
    },
  );
  return (
    <div className="grid gap-3">
      <ul className="grid grid-cols-1 divide-y">
        {sessions.map((session) => (
          <li key={session.id} className="flex flex-wrap items-baseline justify-between gap-x-4 py-2">
            <span className="min-w-0 truncate" title={session.userAgent}>
              {browserWords(session.userAgent)}
            </span>
            <span className="text-sm text-muted">
              {session.ip} · {session.current ? "Current session" : <Time value={session.lastSeenAt} />}
            </span>
          </li>
        ))}
      </ul>
      {sessions.length > 1 ? (
        <div className="grid gap-3">
          <Checkbox
            checked={revokeTokens}
            onCheckedChange={(next) => setRevokeTokens(next === true)}
            label="Revoke API tokens created in other sessions"
          />
          <div>
            <Button loading={endOthers.pending} onClick={() => void endOthers.run()}>
              Sign out all other sessions
            </Button>
          </div>
        </div>
      ) : null}
    </div>
  );
}
