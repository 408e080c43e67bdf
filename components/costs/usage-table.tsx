import { Decimal } from "decimal.js";
import { Money } from "@/components/ui/money";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { UsageRow } from "@/lib/features/chargeback/schema";
import { formatUnitPrice } from "@/lib/kernel/format";
import { Quantity } from "./cost-items";

/** Hour by hour: quantity times the price active then. */
export function UsageTable({ rows }: { rows: readonly UsageRow[] }) {
  const total = rows.reduce((sum, row) => sum.plus(row.amount ?? 0), new Decimal(0));
  const currency = rows.find((row) => row.currency)?.currency ?? "EUR";
  return (
    <Table caption="Hourly usage and price">
      <TableHead>
        <tr>
          <TableHeader>Hour (UTC)</TableHeader>
          <TableHeader className="hidden md:table-cell">Owner</TableHeader>
          <TableHeader className="hidden md:table-cell">Cost center</TableHeader>
          <TableHeader numeric>Usage</TableHeader>
          <TableHeader numeric>Price</TableHeader>
          <TableHeader numeric>Amount</TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.id}>
            <TableCell className="font-medium tabular">{row.hour.slice(11, 16)}</TableCell>
            <TableCell className="hidden md:table-cell">{row.owner}</TableCell>
            <TableCell className="hidden text-muted md:table-cell">{row.costCenter}</TableCell>
            <TableCell numeric>
              <Quantity value={row.quantity} unit={row.unit.toLowerCase().replace("gib", "GiB")} />
            </TableCell>
            <TableCell numeric>
              {row.unitPrice === null ? (
                <span className="text-muted">No price</span>
              ) : (
                <>
                  × {formatUnitPrice(row.unitPrice, row.currency ?? currency)}
                  <span className="block text-xs text-muted">
                    {row.priceBook}, since {row.priceFrom?.slice(0, 10)}
                  </span>
                </>
              )}
            </TableCell>
            <TableCell numeric>
              {row.amount === null ? (
                ""
              ) : (
                <Money amount={row.amount} currency={row.currency ?? currency} fine />
              )}
            </TableCell>
          </TableRow>
        ))}
        <TableRow className="bg-subtle font-semibold">
          <TableCell>Total</TableCell>
          <TableCell className="hidden md:table-cell" colSpan={2} />
          <TableCell colSpan={2} />
          <TableCell numeric>
            <Money amount={total.toFixed()} currency={currency} fine />
          </TableCell>
        </TableRow>
      </TableBody>
    </Table>
  );
}
