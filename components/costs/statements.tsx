"use client";

import Link from "next/link";
import { csvHref } from "@/components/data/api-href";
import type { Column } from "@/components/data/column";
import { ColumnTable } from "@/components/data/column-table";
import { CsvLink } from "@/components/data/csv-link";
import { Card } from "@/components/ui/card";
import { Money } from "@/components/ui/money";
import { Time } from "@/components/ui/time";
import type { ClosableMonth, StatementSummary } from "@/lib/features/chargeback/schema";
import { CloseMonth } from "./close-month";
import { monthName } from "./month-name";

const columns: readonly Column<StatementSummary>[] = [
  {
    key: "month",
    header: "Month",
    className: "font-medium whitespace-nowrap",
    cell: (one) => (
      <Link href={`/costs/statements/${one.id}`} className="link-quiet">
        {monthName(one.month)}
      </Link>
    ),
  },
  {
    key: "costCenter",
    header: "Cost center",
    name: true,
    cell: (one) => (
      <>
        {one.costCenter.name} <span className="text-muted">{one.costCenter.code}</span>
      </>
    ),
  },
  {
    key: "closed",
    header: "Closed",
    drop: 3,
    className: "text-muted",
    cell: (one) => (
      <>
        <Time value={one.closedAt} /> by {one.closedBy ?? "System"}
      </>
    ),
  },
  {
    key: "total",
    header: "Total",
    numeric: true,
    cell: (one) => (
      <Link href={`/costs/statements/${one.id}`} className="link-quiet">
        <Money amount={one.total} currency={one.currency} />
      </Link>
    ),
  },
];

function emptyWords(mayClose: boolean, next: ClosableMonth | undefined): string {
  if (next) return `${monthName(next.month)} is ready to close.`;
  if (mayClose) return "No statements yet. You can close a month after it ends.";
  return "No statements yet. They appear after finance closes a month.";
}

/** Closed months; finance closes the next one here. */
export function Statements(props: {
  statements: readonly StatementSummary[];
  closable: readonly ClosableMonth[];
  mayClose: boolean;
  /** Given when one month is shown at a time. */
  months: readonly string[];
  month: string | undefined;
  /** Address of a month, without the month. */
  monthHref: string;
}) {
  const { statements, closable, mayClose, months } = props;
  const next = closable[0];
  return (
    <Card
      title="Statements"
      flush
      aside={
        <span className="flex items-center gap-3">
          {statements.length > 0 ? <CsvLink href={csvHref("/statements")} /> : null}
          {mayClose && next ? <CloseMonth month={next.month} costCenters={next.costCenters} /> : null}
        </span>
      }
    >
      {months.length > 0 ? (
        <nav aria-label="Months" className="flex flex-wrap gap-x-3 gap-y-1 border-b px-4 py-2.5 text-xs">
          {months.map((one) => (
            <Link
              key={one}
              href={`${props.monthHref}${one}`}
              scroll={false}
              aria-current={one === props.month ? "true" : undefined}
              className={one === props.month ? "font-semibold" : "link-quiet text-muted"}
            >
              {monthName(one)}
            </Link>
          ))}
        </nav>
      ) : null}
      {statements.length === 0 ? (
        <p className="px-4 py-6 text-muted">{emptyWords(mayClose, next)}</p>
      ) : (
        <ColumnTable caption="Statements" columns={columns} rows={statements} rowKey={(one) => one.id} />
      )}
    </Card>
  );
}
