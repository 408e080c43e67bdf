import { Decimal } from "decimal.js";
import Link from "next/link";
import { Money } from "@/components/ui/money";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { type CostItems, meterLabels, meterUnits } from "@/lib/features/chargeback/schema";
import { formatNumber } from "@/lib/kernel/format";

/** A quantity with up to four decimals and its unit. */
export function Quantity({ value, unit }: { value: string; unit: string }) {
  return (
    <>
      {formatNumber(new Decimal(value).toNumber(), 4)} <span className="text-muted">{unit}</span>
    </>
  );
}

/** What an amount is made of: environments' components and meters, or the days of one of them. */
export function CostItemTable({
  costs,
  hrefOf,
}: {
  costs: CostItems;
  hrefOf: (item: CostItems["items"][number]) => string;
}) {
  const perDay = costs.items[0]?.day !== null;
  return (
    <Table caption={perDay ? "Cost per day" : "Cost per environment, component and meter"}>
      <TableHead>
        <tr>
          {perDay ? (
            <TableHeader>Day</TableHeader>
          ) : (
            <>
              <TableHeader>Environment</TableHeader>
              <TableHeader>Component</TableHeader>
              <TableHeader>Meter</TableHeader>
            </>
          )}
          <TableHeader numeric>Usage</TableHeader>
          <TableHeader numeric>Amount</TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {costs.items.map((item) => (
          <TableRow key={`${item.environmentId}/${item.component}/${item.meter}/${item.day}`}>
            {perDay ? (
              <TableCell className="font-medium tabular">{item.day}</TableCell>
            ) : (
              <>
                <TableCell className="font-medium">{item.environmentName ?? item.environmentId}</TableCell>
                <TableCell>{item.component}</TableCell>
                <TableCell>{meterLabels[item.meter] ?? item.meter}</TableCell>
              </>
            )}
            <TableCell numeric>
              <Quantity value={item.quantity} unit={meterUnits[item.meter] ?? ""} />
            </TableCell>
            <TableCell numeric>
              <Link href={hrefOf(item)} className="link-quiet">
                <Money amount={item.amount} currency={costs.currency} />
              </Link>
            </TableCell>
          </TableRow>
        ))}
        <TableRow className="bg-subtle font-semibold">
          <TableCell colSpan={perDay ? 2 : 4}>
            Total{costs.more ? ", with smaller ones that are not listed" : ""}
          </TableCell>
          <TableCell numeric>
            <Money amount={costs.total} currency={costs.currency} />
          </TableCell>
        </TableRow>
      </TableBody>
    </Table>
  );
}
