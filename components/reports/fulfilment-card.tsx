import { CsvLink } from "@/components/data/csv-link";
import { Card } from "@/components/ui/card";
import { Stat } from "@/components/ui/stat";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { FulfilmentRow } from "@/lib/features/reports/schema";
import { formatDuration, formatPercent } from "@/lib/kernel/format";

const time = (seconds: number | null) => (seconds === null ? "unknown" : formatDuration(seconds * 1000));

/** How long people wait for an environment, and how often it works. */
export function FulfilmentCard({ rows, days }: { rows: readonly FulfilmentRow[]; days: number }) {
  const all = rows.find((row) => row.template === "");
  const templates = rows.filter((row) => row.template !== "");
  return (
    <div className="grid gap-4">
      <div className="grid grid-cols-2 gap-3 sm:gap-4 lg:grid-cols-4">
        <Stat
          label="From asking to working"
          value={time(all?.leadP50 ?? null)}
          note={`half of them; 95 of 100 within ${time(all?.leadP95 ?? null)}`}
        />
        <Stat
          label="Worked"
          value={formatPercent(all?.successRate, 1)}
          note={all ? `${all.succeeded} of ${all.succeeded + all.failed} that were tried` : undefined}
        />
        <Stat label="Asked for" value={all?.requests ?? 0} note={`in ${days} days`} />
        <Stat
          label="Wait for an approver"
          value={time(all?.decisionP50 ?? null)}
          note={all ? `half of them; ${all.rejected} rejected` : undefined}
        />
      </div>
      <Card
        title="Fulfilment per offering"
        flush
        aside={<CsvLink href={`/api/v1/reports/fulfilment?days=${days}`} />}
      >
        {templates.length === 0 ? (
          <p className="px-4 py-6 text-muted">Nothing was asked for in this period.</p>
        ) : (
          <Table caption="Fulfilment per offering">
            <TableHead>
              <tr>
                <TableHeader>Template</TableHeader>
                <TableHeader numeric>Asked for</TableHeader>
                <TableHeader numeric>Worked</TableHeader>
                <TableHeader numeric>Failed</TableHeader>
                <TableHeader numeric>Rejected</TableHeader>
                <TableHeader numeric>Success</TableHeader>
                <TableHeader numeric>Half within</TableHeader>
                <TableHeader numeric>95 of 100 within</TableHeader>
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
