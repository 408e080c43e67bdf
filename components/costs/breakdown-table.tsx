"use client";

import Link from "next/link";
import { csvHref } from "@/components/data/api-href";
import { CsvLink } from "@/components/data/csv-link";
import { Card } from "@/components/ui/card";
import { Money } from "@/components/ui/money";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { type CostOverview, costGroupLabels } from "@/lib/features/chargeback/schema";
import { formatCount, formatPercent } from "@/lib/kernel/format";
import { usageHref } from "./usage-href";

interface BreakdownTableProps extends Pick<CostOverview, "group" | "currency" | "total"> {
  days: number;
  rows: CostOverview["breakdown"];
  /** What is not in the rows, together. */
  others: { count: number; share: number; amount: string };
}

/** Every amount links to its details. Drawn in the browser too: its rows travel once, as data. */
export function BreakdownTable({ group, currency, days, total, rows, others }: BreakdownTableProps) {
  const label = costGroupLabels[group];
  return (
    <Card
      title={`Cost by ${label.toLowerCase()}`}
      flush
      aside={<CsvLink href={csvHref("/costs/items", { query: { days } })} />}
    >
      <Table caption={`Cost by ${label.toLowerCase()}`}>
        <TableHead>
          <tr>
            <TableHeader>{label}</TableHeader>
            <TableHeader numeric>Share</TableHeader>
            <TableHeader numeric>{`Cost, last ${days} days`}</TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {rows.map((one) => (
            <TableRow key={one.key}>
              <TableCell className="font-medium">{one.name}</TableCell>
              <TableCell numeric className="text-muted">
                {formatPercent(one.share, 1)}
              </TableCell>
              <TableCell numeric>
                <Link href={usageHref({ group, key: one.key, days })} className="link-quiet">
                  <Money amount={one.amount} currency={currency} />
                </Link>
              </TableCell>
            </TableRow>
          ))}
          {others.count > 0 ? (
            <TableRow>
              <TableCell className="text-muted">{formatCount(others.count, "other")}</TableCell>
              <TableCell numeric className="text-muted">
                {formatPercent(others.share, 1)}
              </TableCell>
              <TableCell numeric>
                <Money amount={others.amount} currency={currency} />
              </TableCell>
            </TableRow>
          ) : null}
          <TableRow className="bg-subtle font-semibold">
            <TableCell>Total</TableCell>
            <TableCell />
            <TableCell numeric>
              <Link href={usageHref({ days })} className="link-quiet">
                <Money amount={total} currency={currency} />
              </Link>
            </TableCell>
          </TableRow>
        </TableBody>
      </Table>
    </Card>
  );
}
