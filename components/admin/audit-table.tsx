"use client";

import Link from "next/link";
import type { Column } from "@/components/data/column";
import { DataTable } from "@/components/data/data-table";
import { listHref, type PageSize, type SearchParams } from "@/components/data/list-params";
import { EmptyState } from "@/components/ui/empty-state";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { AuditEventDto } from "@/lib/features/audit/schema";

import { AuditEntry } from "./audit-entry";
import { auditOutcomeLooks, auditPeriods, auditSubjects, auditVia } from "./audit-looks";
import { splitActor } from "./audit-words";

const columns: Column<AuditEventDto>[] = [
  {
    key: "at",
    header: "Time",
    cell: (row) => <Time value={row.at} className="whitespace-nowrap text-muted" />,
  },
  { key: "actor", header: "Actor", cell: (row) => <Who row={row} /> },
  {
    key: "action",
    header: "Action",
    name: true,
    cell: (row) => (
      <>
        <AuditEntry event={row} />
        <code className="font-mono text-xs text-muted">{row.action}</code>
      </>
    ),
  },
  { key: "on", header: "Target", drop: 2, cell: (row) => <On row={row} /> },
  { key: "detail", header: "Details", drop: 1, cell: (row) => <Detail detail={row.detail} /> },
  { key: "seq", header: "#", drop: 1, numeric: true, cell: (row) => row.seq },
  {
    key: "outcome",
    header: "Outcome",
    cell: (row) => {
      const look = auditOutcomeLooks[row.outcome];
      return <Status tone={look.tone}>{look.word}</Status>;
    },
  },
];

function Who({ row }: { row: AuditEventDto }) {
  const { name, email } = splitActor(row.actor);
  const more = [auditVia[row.via], email].filter(Boolean).join(" · ");
  return (
    <span className="block max-w-28 md:max-w-40" title={[row.actor, row.ip].filter(Boolean).join("\n")}>
      <span className="block truncate font-medium">{name}</span>
      {more ? <span className="hidden truncate text-xs text-muted md:block">{more}</span> : null}
    </span>
  );
}

/** The thing by its name where the event has one; opens everything else that happened to it. */
function On({ row }: { row: AuditEventDto }) {
  const name = typeof row.detail.name === "string" ? row.detail.name : "";
  if (!row.objectId) return <span className="text-muted">{row.objectType}</span>;
  return (
    <Link
      href={listHref("/admin/audit", {}, { objectId: row.objectId })}
      className="block max-w-36 hover:underline"
      title={`Show events of ${row.objectType} ${row.objectId}`}
    >
      <span className="block truncate">{name || row.objectType.replaceAll("_", " ")}</span>
      <span className="block truncate font-mono text-xs text-muted">{row.objectId}</span>
    </Link>
  );
}

/** What a list shows of an event's detail: the reason first, and nothing that another column says. */
const told = new Set(["name", "demo", "digest", "request", "reason", "credentialNames"]);
const shownFacts = 3;

function Detail({ detail }: { detail: Record<string, unknown> }) {
  const reason = typeof detail.reason === "string" ? detail.reason : "";
  const facts = Object.entries(detail)
    .filter(([name, value]) => !told.has(name) && value !== null && value !== "" && typeof value !== "object")
    .slice(0, shownFacts);
  if (!reason && facts.length === 0) return null;
  return (
    <span className="line-clamp-2 max-w-52 break-words text-xs text-ink-soft">
      {reason ? `“${reason}”` : null}
      {reason ? null : facts.map(([name, value]) => `${name} ${String(value)}`).join(" · ")}
    </span>
  );
}

export function AuditTable(props: {
  rows: readonly AuditEventDto[];
  params: SearchParams;
  nextCursor: string | null;
  pageSize: PageSize;
  csvHref: string;
}) {
  return (
    <DataTable
      caption="Audit events"
      noun="event"
      columns={columns}
      rows={props.rows}
      rowKey={(row) => row.id}
      path="/admin/audit"
      params={props.params}
      nextCursor={props.nextCursor}
      pageSize={props.pageSize}
      csvHref={props.csvHref}
      searchPlaceholder="Search actor or ID"
      filters={[
        {
          name: "action",
          label: "Action",
          options: auditSubjects.map(([value, label]) => ({ value, label })),
        },
        {
          name: "outcome",
          label: "Outcome",
          options: Object.entries(auditOutcomeLooks).map(([value, look]) => ({ value, label: look.word })),
        },
        { name: "hours", label: "Time", options: auditPeriods.map(([value, label]) => ({ value, label })) },
      ]}
      empty={<EmptyState title="No events yet">Changes and denied actions appear here.</EmptyState>}
    />
  );
}
