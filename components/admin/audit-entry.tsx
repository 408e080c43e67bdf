"use client";

import { useState } from "react";
import { CodeBlock } from "@/components/ui/code";
import { DescriptionList } from "@/components/ui/description-list";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import { Time } from "@/components/ui/time";
import type { AuditEventDto } from "@/lib/features/audit/schema";
import { formatExact } from "@/lib/kernel/format";
import { auditOutcomeLooks, auditVia } from "./audit-looks";
import { actionWords } from "./audit-words";

const mono = (text: string) => <code className="font-mono text-xs break-all">{text || "—"}</code>;

/** What was done; opened, everything the audit event holds, as it was written. */
export function AuditEntry({ event }: { event: AuditEventDto }) {
  const words = actionWords(event.action, event.outcome);
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <button
          type="button"
          className="link-quiet block rounded-sm text-left first-letter:uppercase"
          aria-label={`${words}, audit event ${event.seq}`}
        >
          {words}
        </button>
      </DialogTrigger>
      <DialogContent wide title={`Audit event ${event.seq}`} description={formatExact(event.at)}>
        <DescriptionList
          divided
          items={[
            { term: "Actor", value: event.actor },
            {
              term: "Source",
              value: [auditVia[event.via] || "Session", event.ip].filter(Boolean).join(" · "),
            },
            { term: "Time", value: <Time value={event.at} /> },
            { term: "Action", value: mono(event.action) },
            { term: "Target", value: mono(`${event.objectType} ${event.objectId}`.trim()) },
            ...(event.projectId ? [{ term: "Project", value: mono(event.projectId) }] : []),
            { term: "Outcome", value: auditOutcomeLooks[event.outcome].word },
            { term: "Request ID", value: mono(event.requestId) },
            { term: "Hash", value: mono(event.hash) },
          ]}
        />
        {Object.keys(event.detail).length > 0 ? (
          <CodeBlock className="mt-3 max-h-72" label="Details" code={JSON.stringify(event.detail, null, 2)} />
        ) : null}
      </DialogContent>
    </Dialog>
  );
}
