import Link from "next/link";
import { CsvLink } from "@/components/data/csv-link";
import { Card } from "@/components/ui/card";
import { Money } from "@/components/ui/money";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { type CostOverview, costGroupLabels } from "@/lib/features/chargeback/schema";
import { formatCount, formatPercent } from "@/lib/kernel/format";

const shown = 20;

/** Who spent what; every amount leads to what it is made of. */
export function CostBreakdown({ costs, days }: { costs: CostOverview; days: number }) {
  const { group, currency } = costs;
  const label = costGroupLabels[group];
  const others = costs.breakdown.slice(shown);
  const rest = others.reduce((sum, one) => sum + Number(one.amount), 0);
  return (
    <Card
      title={`By ${label.toLowerCase()}`}
      flush
      aside={<CsvLink href={`/api/v1/costs/items?days=${days}`} />}
    >
      <Table caption={`Cost by ${label.toLowerCase()}`}>
        <TableHead>
          <tr>
            <TableHeader>{label}</TableHeader>
            <TableHeader numeric>Share</TableHeader>
            <TableHeader numeric>{`Amount in ${days} days`}</TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {costs.breakdown.slice(0, shown).map((one) => (
            <TableRow key={one.key}>
              <TableCell className="font-medium">{one.name}</TableCell>
              <TableCell numeric className="text-muted">
                {formatPercent(one.share, 1)}
              </TableCell>
              <TableCell numeric>
                <Link
                  href={`/costs/usage?${new URLSearchParams({ group, key: one.key, days: String(days) })}`}
                  className="link-quiet"
                >
                  <Money amount={one.amount} currency={currency} />
                </Link>
              </TableCell>
            </TableRow>
          ))}
          {others.length > 0 ? (
            <TableRow>
              <TableCell className="text-muted">{formatCount(others.length, "other")}</TableCell>
              <TableCell numeric className="text-muted">
                {formatPercent(
                  others.reduce((sum, one) => sum + one.share, 0),
                  1,
                )}
              </TableCell>
              <TableCell numeric>
                <Money amount={rest} currency={currency} />
              </TableCell>
            </TableRow>
          ) : null}
          <TableRow className="bg-subtle font-semibold">
            <TableCell>Total</TableCell>
            <TableCell />
            <TableCell numeric>
              <Link href={`/costs/usage?days=${days}`} className="link-quiet">
                <Money amount={costs.total} currency={currency} />
              </Link>
            </TableCell>
          </TableRow>
        </TableBody>
      </Table>
    </Card>
  );
}
