"use client";

import { ChevronRight, Eye, EyeOff } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { IconButton } from "@/components/ui/icon-button";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { type LinkRow, linkRows } from "./link-rows";
import { useReveal } from "./use-reveal";

/** How to reach it. Secrets are shown on demand, which is written down, and hide themselves again. */
export function LinksCard({ environment }: { environment: EnvironmentDetail }) {
  const rows = linkRows(environment);
  const outer = rows.filter((row) => !row.inner);
  const inner = rows.filter((row) => row.inner);
  const secrets = rows.some((row) => row.secret);
  return (
    <Card title="Access">
      {rows.length === 0 ? (
        <p className="text-muted">
          {environment.destroyedAt
            ? "Removed with the environment."
            : "Available once the environment is running."}
        </p>
      ) : (
        <Rows rows={outer} environment={environment} />
      )}
      {inner.length > 0 ? (
        <details className="group mt-1 border-t pt-2">
          <summary className="flex list-none items-center gap-1 rounded-sm text-xs text-muted hover:text-ink [&::-webkit-details-marker]:hidden">
            <ChevronRight aria-hidden className="size-3.5 transition-transform group-open:rotate-90" />
            Per component
          </summary>
          <div className="mt-1.5">
            <Rows rows={inner} environment={environment} />
          </div>
        </details>
      ) : null}
      {secrets ? (
        <p className="mt-2 text-xs text-muted">
          {environment.can.reveal
            ? "Revealing a secret is recorded in the audit log."
            : "Only project developers and owners can reveal secrets."}
        </p>
      ) : null}
    </Card>
  );
}

function Rows({ rows, environment }: { rows: readonly LinkRow[]; environment: EnvironmentDetail }) {
  return (
    <ul className="-my-1 grid grid-cols-[minmax(0,1fr)] divide-y">
      {rows.map((row) => (
        <li key={row.key} className="flex min-h-9 items-center gap-2 py-1">
          <Row row={row} environmentId={environment.id} mayReveal={environment.can.reveal} />
        </li>
      ))}
    </ul>
  );
}

interface RowProps {
  row: LinkRow;
  environmentId: string;
  mayReveal: boolean;
}

function Row({ row, environmentId, mayReveal }: RowProps) {
  if (row.secret) return <SecretRow row={row} environmentId={environmentId} mayReveal={mayReveal} />;
  return (
    <>
      <span className="min-w-0 flex-1 truncate" title={row.value}>
        {row.link ? (
          <a href={row.value} target="_blank" rel="noreferrer" className="link block truncate">
            {row.value.replace(/^https?:\/\//, "").replace(/\/$/, "")}
          </a>
        ) : (
          <code className="font-mono text-xs">{row.value}</code>
        )}
        {row.withoutLink ? <span className="block text-xs text-muted">{row.withoutLink}</span> : null}
      </span>
      <RowLabel row={row} />
      <CopyButton value={row.value} label={`Copy ${row.label}`} />
    </>
  );
}

function RowLabel({ row }: { row: LinkRow }) {
  return (
    <span className="max-w-28 shrink-0 truncate text-xs text-muted" title={row.description}>
      {row.label}
    </span>
  );
}

function SecretRow({ row, environmentId, mayReveal }: RowProps) {
  const { value, pending, reveal, hide } = useReveal(environmentId, row);
  return (
    <>
      <code className="min-w-0 flex-1 font-mono text-xs [overflow-wrap:anywhere]">
        {value ?? "••••••••••"}
      </code>
      <RowLabel row={row} />
      {value !== undefined ? (
        <>
          <CopyButton value={value} label={`Copy ${row.label}`} />
          <IconButton label={`Hide ${row.label}`} onClick={hide}>
            <EyeOff aria-hidden />
          </IconButton>
        </>
      ) : mayReveal ? (
        <Button
          variant="ghost"
          size="sm"
          loading={pending}
          aria-label={`Reveal ${row.label}`}
          onClick={reveal}
        >
          <Eye aria-hidden /> Reveal
        </Button>
      ) : null}
    </>
  );
}
