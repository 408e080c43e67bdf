import { csvHref } from "@/components/data/api-href";
import { CsvLink } from "@/components/data/csv-link";
import { Card } from "@/components/ui/card";
import { Stat } from "@/components/ui/stat";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { FulfillmentRow } from "@/lib/features/reports/schema";
import { formatDuration, formatPercent } from "@/lib/kernel/format";

const time = (seconds: number | null) => (seconds === null ? "—" : formatDuration(seconds * 1000));

/** How long people wait for an environment, and how often it works. */
export function FulfillmentCard({ rows, days }: { rows: readonly FulfillmentRow[]; days: number }) {
  const all = rows.find((row) => row.template === "");
  const templates = rows.filter((row) => row.template !== "");
  return (
    <div className="grid gap-4">
      <div className="grid grid-cols-2 gap-3 sm:gap-4 lg:grid-cols-4">
        <Stat
          label="Lead time (median)"
          value={time(all?.leadP50 ?? null)}
          note={`p95: ${time(all?.leadP95 ?? null)}`}
        />
        <Stat
          label="Success rate"
          value={formatPercent(all?.successRate, 1)}
          note={all ? `${all.succeeded} of ${all.succeeded + all.failed} runs` : undefined}
        />
        <Stat label="Requests" value={all?.requests ?? 0} note={`Last ${days} days`} />
        <Stat
          label="Approval time (median)"
          value={time(all?.decisionP50 ?? null)}
          note={all ? `${all.rejected} rejected` : undefined}
        />
      </div>
      <Card
        title="Fulfillment by template"
        flush
        aside={<CsvLink href={csvHref("/reports/fulfillment", { query: { days } })} />}
      >
        {templates.length === 0 ? (
          <p className="px-4 py-6 text-muted">No requests in this period</p>
        ) : (
          <Table caption="Fulfillment by template">
            <TableHead>
              <tr>
                <TableHeader>Template</TableHeader>
                <TableHeader numeric>Requests</TableHeader>
                <TableHeader numeric>Succeeded</TableHeader>
                <TableHeader numeric>Failed</TableHeader>
                <TableHeader numeric>Rejected</TableHeader>
                <TableHeader numeric>Success rate</TableHeader>
                <TableHeader numeric>Lead time p50</TableHeader>
                <TableHeader numeric>Lead time p95</TableHeader>
              </tr>
            </TableHead>
            <TableBody>
              {templates.map((row) => (
                <TableRow key={row.template}>
                  <TableCell className="min-w-32 font-medium sm:whitespace-nowrap">{row.title}</TableCell>
                  <TableCell numeric>{row.requests}</TableCell>
                  <TableCell numeric>{row.succeeded}</TableCell>
                  <TableCell numeric className={row.failed > 0 ? "text-bad-ink" : undefined}>
                    {row.failed}
                  </TableCell>
                  <TableCell numeric>{row.rejected}</TableCell>
                  <TableCell numeric>{formatPercent(row.successRate, 1)}</TableCell>
                  <TableCell numeric>{time(row.leadP50)}</TableCell>
                  <TableCell numeric>{time(row.leadP95)}</TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </Card>
    </div>
  );
}
