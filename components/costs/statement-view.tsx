import { Download } from "lucide-react";
import Link from "next/link";
import { ButtonLink, buttonVariants } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { Money } from "@/components/ui/money";
import { Page, PageHeader } from "@/components/ui/page-header";
import { Status } from "@/components/ui/status";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import {
  meterLabels,
  meterUnits,
  type StatementDetail,
  type StatementLine,
} from "@/lib/features/chargeback/schema";
import { Quantity } from "./cost-items";
import { monthName } from "./month-name";

const perPage = 100;

/** A cost center's closed month: every line, a hundred at a time, and whether it is as it was closed. */
export function StatementView({ statement, page }: { statement: StatementDetail; page: number }) {
  const { costCenter, currency } = statement;
  const pages = Math.max(1, Math.ceil(statement.lines.length / perPage));
  const from = (Math.min(page, pages) - 1) * perPage;
  const lines = statement.lines.slice(from, from + perPage);
  return (
    <Page>
      <PageHeader
        breadcrumb={[{ label: "Costs", href: "/costs" }, { label: monthName(statement.month) }]}
        title={`${costCenter.name}, ${monthName(statement.month)}`}
        description={
          <>
            {costCenter.code} · closed <Time value={statement.closedAt} /> by{" "}
            {statement.closedBy ?? "Rostrum"}
          </>
        }
        actions={
          <a
            href={`/api/v1/statements/${statement.id}/lines?format=csv`}
            download
            className={buttonVariants()}
          >
            <Download aria-hidden /> CSV
          </a>
        }
      />
      {statement.intact ? null : (
        <Callout tone="bad" title="These lines are not what was closed">
          The digest does not match. Tell an administrator before using this statement.
        </Callout>
      )}
      <Card
        title={
          <>
            Total <Money amount={statement.total} currency={currency} />
            <span className="font-normal text-muted"> in {monthName(statement.month)}</span>
          </>
        }
        flush
        aside={
          statement.intact ? (
            <Status tone="good">
              As it was closed{" "}
              <span className="hidden font-mono sm:inline" title={statement.digest}>
                {statement.digest.slice(0, 23)}…
              </span>
            </Status>
          ) : null
        }
      >
        <Table caption="Lines of the statement">
          <TableHead>
            <tr>
              <TableHeader className={wide}>Project</TableHeader>
              <TableHeader className="max-md:pl-4">Environment</TableHeader>
              <TableHeader className={wide}>Component</TableHeader>
              <TableHeader>Meter</TableHeader>
              <TableHeader numeric className={wide}>
                Usage
              </TableHeader>
              <TableHeader numeric>Amount</TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {lines.map((line) => (
              <TableRow key={`${line.projectId}/${line.environmentId}/${line.component}/${line.meter}`}>
                <TableCell className={wide}>{line.project}</TableCell>
                <TableCell className="font-medium max-md:pl-4">
                  {line.environment}
                  <span className="block text-xs font-normal text-muted md:hidden">{line.component}</span>
                </TableCell>
                <TableCell className={wide}>{line.component}</TableCell>
                <TableCell>{meterLabels[line.meter] ?? line.meter}</TableCell>
                <TableCell numeric className={wide}>
                  <Quantity value={line.quantity} unit={meterUnits[line.meter] ?? ""} />
                </TableCell>
                <TableCell numeric>
                  <Link href={usageHref(statement.month, line)} className="link-quiet">
                    <Money amount={line.amount} currency={currency} />
                  </Link>
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </Card>
      {pages > 1 ? (
        <nav aria-label="Pages" className="-mt-2 flex items-center gap-2 text-xs text-muted tabular">
          Lines {from + 1} to {from + lines.length} of {statement.lines.length}
          <span className="ml-auto flex gap-2">
            {page > 1 ? (
              <ButtonLink size="sm" href={`/costs/statements/${statement.id}?page=${page - 1}`}>
                Previous
              </ButtonLink>
            ) : null}
            {page < pages ? (
              <ButtonLink size="sm" href={`/costs/statements/${statement.id}?page=${page + 1}`}>
                Next
              </ButtonLink>
            ) : null}
          </span>
        </nav>
      ) : null}
    </Page>
  );
}

/** Left out on phones: the amount and what it is for come first. */
const wide = "hidden md:table-cell";

/** The days and hours a line was summed up from. */
function usageHref(month: string, { environmentId, component, meter }: StatementLine): string {
  return `/costs/usage?${new URLSearchParams({ month, environment: environmentId, component, meter })}`;
}
