import { Decimal } from "decimal.js";
import Link from "next/link";
import { csvHref } from "@/components/data/api-href";
import { ChoiceLinks } from "@/components/data/choice-links";
import { CsvLink } from "@/components/data/csv-link";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Money } from "@/components/ui/money";
import { Status } from "@/components/ui/status";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { Tone } from "@/components/ui/tone";
import {
  type SprawlReason,
  type SprawlRow,
  sprawlLabels,
  sprawlReasons,
} from "@/lib/features/reports/schema";

const tones: Record<SprawlReason, Tone> = {
  idle: "warning",
  expired: "warning",
  unowned: "warning",
  failed: "bad",
  stopped: "neutral",
};

/** As many of each reason stand in the list of all. */
const perReason = 10;

export interface SprawlCardProps {
  rows: readonly SprawlRow[];
  /** The one reason that is looked at; all without. */
  reason: SprawlReason | undefined;
  /** Whether the viewer may open environments at all. */
  opens: boolean;
}

/** Environments that are probably not needed, and what destroying them saves. */
export function SprawlCard({ rows, reason, opens }: SprawlCardProps) {
  const shown = reason ? rows.filter((row) => row.reason === reason) : rows;
  const listed = reason ? shown : sprawlReasons.flatMap((one) => dearest(rows, one));
  const href = (wanted?: SprawlReason) => `/insights/reclaimable${wanted ? `?reason=${wanted}` : ""}`;
  return (
    <Card title="Reclaimable environments" flush aside={<CsvLink href={csvHref("/reports/sprawl")} />}>
      <div className="flex flex-wrap items-center justify-between gap-3 border-b px-4 py-3">
        <ChoiceLinks
          label="Reason"
          items={[
            { label: `All ${rows.length}`, href: href(), active: !reason },
            ...sprawlReasons.map((one) => ({
              label: `${sprawlLabels[one]} ${rows.filter((row) => row.reason === one).length}`,
              href: href(one),
              active: one === reason,
            })),
          ]}
        />
        <Savings rows={shown} />
      </div>
      {shown.length === 0 ? (
        <EmptyState title="Nothing to reclaim">
          {reason ? "No environments for this reason." : "All environments are in use and owned."}
        </EmptyState>
      ) : (
        <Table caption="Reclaimable environments">
          <TableHead>
            <tr>
              <TableHeader>Environment</TableHeader>
              <TableHeader>Reason</TableHeader>
              <TableHeader>Evidence</TableHeader>
              <TableHeader>Owner</TableHeader>
              <TableHeader numeric>Monthly cost</TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {listed.map((row) => (
              <TableRow key={`${row.reason} ${row.environmentId}`}>
                <TableCell>
                  {opens ? (
                    <Link href={addressOf(row)} className="link-quiet font-medium">
                      {row.name}
                    </Link>
                  ) : (
                    <span className="font-medium">{row.name}</span>
                  )}
                  <div className="text-xs text-muted">{row.project}</div>
                </TableCell>
                <TableCell>
                  <Status tone={tones[row.reason]}>{sprawlLabels[row.reason]}</Status>
                </TableCell>
                <TableCell className="min-w-52 text-ink-soft">{row.detail}</TableCell>
                <TableCell className="whitespace-nowrap">{row.owner}</TableCell>
                <TableCell numeric>
                  <Money amount={row.monthly} currency={row.currency} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
      <p className="border-t px-4 py-3 text-xs text-muted">
        {listed.length < shown.length
          ? `Showing the ${perReason} most expensive per reason. Filter by reason to see more. `
          : ""}
        Idle means every component used under 1% of its CPU in all samples over 24 hours, taken two hours
        apart. Checked on the 300 most expensive environments. Find orphaned resources on each cloud’s page.
      </p>
    </Card>
  );
}

/** An environment without an owner is transferred in its settings. */
function addressOf({ environmentId, reason }: SprawlRow): string {
  return `/environments/${environmentId}${reason === "unowned" ? "/settings" : ""}`;
}

/** Rows come most expensive first within each reason. */
function dearest(rows: readonly SprawlRow[], reason: SprawlReason): SprawlRow[] {
  return rows.filter((row) => row.reason === reason).slice(0, perReason);
}

/** One environment can be listed for two reasons; its cost counts once. */
function Savings({ rows }: { rows: readonly SprawlRow[] }) {
  const sums = new Map<string, Decimal>();
  let unknown = 0;
  for (const row of new Map(rows.map((one) => [one.environmentId, one])).values()) {
    if (row.monthly === null) unknown += 1;
    else sums.set(row.currency, (sums.get(row.currency) ?? new Decimal(0)).plus(row.monthly));
  }
  if (sums.size === 0) return null;
  return (
    <p className="text-sm text-muted">
      Potential savings:{" "}
      {[...sums].map(([currency, sum]) => (
        <Money
          key={currency}
          amount={sum.toFixed(2)}
          currency={currency}
          period="month"
          className="text-ink"
        />
      ))}
      {unknown > 0 ? `, plus ${unknown} with unknown cost` : ""}
    </p>
  );
}
