import { Download } from "lucide-react";
import { csvHref } from "@/components/data/api-href";
import { ButtonLink, buttonVariants } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { Money } from "@/components/ui/money";
import { Page, PageHeader } from "@/components/ui/page-header";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { StatementDetail } from "@/lib/features/chargeback/schema";
import { roundTogether } from "@/lib/kernel/money";
import { monthName } from "./month-name";
import { StatementLines } from "./statement-lines";

const perPage = 100;

/** A cost center's closed month: every line, a hundred at a time, and whether it matches its digest. */
export function StatementView({ statement, page }: { statement: StatementDetail; page: number }) {
  const { costCenter, currency } = statement;
  const pages = Math.max(1, Math.ceil(statement.lines.length / perPage));
  const from = (Math.min(page, pages) - 1) * perPage;
  // What the lines show adds up to the total that is shown, over all pages.
  const amounts = roundTogether(
    statement.lines.map((line) => line.amount),
    2,
  );
  const rounded = statement.lines.map((line, index) => ({ ...line, amount: amounts[index] ?? line.amount }));
  const lines = rounded.slice(from, from + perPage);
  return (
    <Page>
      <PageHeader
        breadcrumb={[
          { label: "Costs", href: "/costs" },
          { label: "Statements", href: "/costs/statements" },
          { label: monthName(statement.month) },
        ]}
        title={`${costCenter.name}, ${monthName(statement.month)}`}
        description={
          <>
            {costCenter.code} · closed <Time value={statement.closedAt} /> by {statement.closedBy ?? "System"}
          </>
        }
        actions={
          <a
            href={csvHref("/statements/{id}/lines", { path: { id: statement.id } })}
            download
            className={buttonVariants()}
          >
            <Download aria-hidden /> Export CSV
          </a>
        }
      />
      {statement.intact ? null : (
        <Callout tone="bad" title="Statement integrity check failed">
          The lines don’t match the digest recorded at closing. Contact an administrator before using this
          statement.
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
              Digest verified{" "}
              <span className="hidden font-mono sm:inline" title={statement.digest}>
                {statement.digest.slice(0, 23)}…
              </span>
            </Status>
          ) : null
        }
      >
        <StatementLines lines={lines} month={statement.month} currency={currency} />
      </Card>
      {pages > 1 ? (
        <LinePages statement={statement} page={page} pages={pages} from={from} shown={lines.length} />
      ) : null}
    </Page>
  );
}

interface LinePagesProps {
  statement: StatementDetail;
  /** From 1. */
  page: number;
  pages: number;
  /** Index of the first line that is shown. */
  from: number;
  shown: number;
}

function LinePages({ statement, page, pages, from, shown }: LinePagesProps) {
  const hrefOf = (target: number) => `/costs/statements/${statement.id}?page=${target}`;
  return (
    <nav aria-label="Pages" className="-mt-2 flex items-center gap-2 text-xs text-muted tabular">
      Lines {from + 1} to {from + shown} of {statement.lines.length}
      <span className="ml-auto flex gap-2">
        {page > 1 ? (
          <ButtonLink size="sm" href={hrefOf(page - 1)}>
            Previous
          </ButtonLink>
        ) : null}
        {page < pages ? (
          <ButtonLink size="sm" href={hrefOf(page + 1)}>
            Next
          </ButtonLink>
        ) : null}
      </span>
    </nav>
  );
}
