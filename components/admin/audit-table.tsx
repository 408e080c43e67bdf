import Link from "next/link";
import { type Column, DataTable } from "@/components/data/data-table";
import { listHref, type SearchParams } from "@/components/data/list-params";
import { EmptyState } from "@/components/ui/empty-state";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { Tone } from "@/components/ui/tone";
import type { AuditEventDto } from "@/lib/features/audit/schema";

const outcomes: Record<string, { tone: Tone; word: string }> = {
  allowed: { tone: "good", word: "Done" },
  denied: { tone: "warning", word: "Refused" },
  failed: { tone: "bad", word: "Failed" },
};

const actions = [
  ["request.", "Requests"],
  ["run.", "Runs"],
  ["environment.", "Environments"],
  ["backup.", "Backups"],
  ["template.", "Templates"],
  ["cloud.", "Clouds"],
  ["project.", "Projects"],
  ["member.", "Members"],
  ["user.", "People"],
  ["session.", "Sign-in"],
  ["token.", "Tokens"],
  ["price.", "Prices"],
] as const;

const via: Record<string, string> = {
  session: "",
  token: "by token",
  cli: "on the host",
  system: "by itself",
};

const columns: Column<AuditEventDto>[] = [
  {
    key: "at",
    header: "When",
    cell: (row) => <Time value={row.at} className="whitespace-nowrap text-muted" />,
  },
  {
    key: "actor",
    header: "Who",
    cell: (row) => (
      <>
        <span className="block">{row.actor}</span>
        <span className="text-xs text-muted">
          {[via[row.via] ?? row.via, row.ip].filter(Boolean).join(" · ")}
        </span>
      </>
    ),
  },
  {
    key: "action",
    header: "What",
    cell: (row) => (
      <>
        <span className="block font-mono text-sm">{row.action}</span>
        <Link
          href={listHref("/admin/audit", {}, { objectId: row.objectId })}
          className="font-mono text-xs break-all text-muted hover:underline"
        >
          {row.objectId || row.objectType}
        </Link>
      </>
    ),
  },
  { key: "detail", header: "Detail", wide: true, cell: (row) => <Detail detail={row.detail} /> },
  {
    key: "outcome",
    header: "Outcome",
    cell: (row) => {
      const look = outcomes[row.outcome] ?? { tone: "neutral" as const, word: row.outcome };
      return <Status tone={look.tone}>{look.word}</Status>;
    },
  },
  {
    key: "hash",
    header: "No. and hash",
    wide: true,
    numeric: true,
    cell: (row) => (
      <span title={`${row.hash}\nRequest ${row.requestId}`}>
        {row.seq} <code className="font-mono text-xs text-muted">{row.hash.slice(0, 8)}</code>
      </span>
    ),
  },
];

const shownFacts = 3;

function Detail({ detail }: { detail: Record<string, unknown> }) {
  const facts = Object.entries(detail).filter(([, value]) => value !== null && value !== "");
  if (facts.length === 0) return null;
  return (
    <span className="line-clamp-2 max-w-md text-xs text-muted" title={JSON.stringify(detail, null, 2)}>
      {facts.slice(0, shownFacts).map(([name, value], index) => (
        <span key={name}>
          {index > 0 ? " · " : ""}
          {name}{" "}
          <span className="text-ink-soft">
            {typeof value === "object" ? JSON.stringify(value) : String(value)}
          </span>
        </span>
      ))}
      {facts.length > shownFacts ? " …" : ""}
    </span>
  );
}

export function AuditTable(props: {
  rows: readonly AuditEventDto[];
  params: SearchParams;
  nextCursor: string | null;
  csvHref: string;
}) {
  return (
    <DataTable
      caption="Audit events"
      columns={columns}
      rows={props.rows}
      rowKey={(row) => row.id}
      path="/admin/audit"
      params={props.params}
      nextCursor={props.nextCursor}
      csvHref={props.csvHref}
      searchPlaceholder="Person or object id"
      filters={[
        { name: "action", label: "About", options: actions.map(([value, label]) => ({ value, label })) },
        {
          name: "outcome",
          label: "Outcome",
          options: Object.entries(outcomes).map(([value, look]) => ({ value, label: look.word })),
        },
      ]}
      empty={
        <EmptyState title="Nothing was recorded yet">
          Whatever anybody changes, or tries to change, appears here at once.
        </EmptyState>
      }
    />
  );
}
