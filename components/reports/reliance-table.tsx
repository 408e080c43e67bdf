import Link from "next/link";
import { TemplateIcon } from "@/components/catalog/template-icon";
import { csvHref } from "@/components/data/api-href";
import { CsvLink } from "@/components/data/csv-link";
import { Card } from "@/components/ui/card";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { RelianceRow } from "@/lib/features/reports/schema";

/** Who relies on each template. */
export function RelianceTable({
  rows,
  days,
  opens,
}: {
  rows: readonly RelianceRow[];
  days: number;
  opens: boolean;
}) {
  return (
    <Card
      title="Reliance by template"
      flush
      aside={<CsvLink href={csvHref("/reports/reliance", { query: { days } })} />}
    >
      <Table caption="Reliance by template">
        <TableHead>
          <tr>
            <TableHeader>Template</TableHeader>
            <TableHeader numeric>Environments</TableHeader>
            <TableHeader numeric>Running</TableHeader>
            <TableHeader numeric>Users</TableHeader>
            <TableHeader numeric>Projects</TableHeader>
            <TableHeader numeric>New ({days} days)</TableHeader>
            <TableHeader numeric>Outdated</TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={row.template}>
              <TableCell>
                <span className="flex min-w-36 items-center gap-3">
                  <TemplateIcon name={row.icon} size="sm" />
                  <span className="min-w-0">
                    <Link
                      href={`/catalog/${row.template}`}
                      className="link-quiet font-medium sm:whitespace-nowrap"
                    >
                      {row.title}
                    </Link>
                    <span className="block text-xs text-muted">
                      {row.newest ? `Latest ${row.newest}` : "No longer offered"}
                    </span>
                  </span>
                </span>
              </TableCell>
              <TableCell numeric>
                {opens && row.environments > 0 ? (
                  <Link href={`/environments?template=${row.template}`} className="link-quiet">
                    {row.environments}
                  </Link>
                ) : (
                  row.environments
                )}
              </TableCell>
              <TableCell numeric>{row.running}</TableCell>
              <TableCell numeric>{row.people}</TableCell>
              <TableCell numeric>{row.projects}</TableCell>
              <TableCell numeric>{row.created}</TableCell>
              <TableCell numeric className={row.outdated > 0 ? "text-warning-ink" : undefined}>
                {row.outdated}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}
