import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { cn } from "@/components/ui/cn";
import { Stat } from "@/components/ui/stat";
import { Status } from "@/components/ui/status";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { meterLabels, meterNames, meterPrices, type PriceBookDto } from "@/lib/features/chargeback/schema";
import { formatMoney, formatUnitPrice } from "@/lib/kernel/format";
import { AddPrice } from "./add-price";

/** Average hours of a month: 365.25 × 24 / 12. */
const hoursPerMonth = 730.5;

/** One price book: active, scheduled and superseded prices. */
export function PriceBook({ book, manages, nowMs }: { book: PriceBookDto; manages: boolean; nowMs: number }) {
  const present = book.prices.filter((price) => price.inForce);
  return (
    <section className="grid gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="flex items-center gap-2 text-lg font-semibold">
          {book.name} {book.isDefault ? <Badge>Default</Badge> : null}
          <span className="text-sm font-normal text-muted">{book.currency}</span>
        </h2>
        {manages ? <AddPrice bookId={book.id} currency={book.currency} /> : null}
      </div>
      <div className="grid gap-3 sm:grid-cols-3">
        {meterNames.map((meter) => {
          const price = present.find((one) => one.meter === meter);
          return (
            <Stat
              key={meter}
              label={meterLabels[meter]}
              value={price ? formatUnitPrice(price.unitPrice, book.currency) : "No price"}
              of={price ? meterPrices[meter] : undefined}
              note={
                price
                  ? `≈ ${formatMoney(Number(price.unitPrice) * hoursPerMonth, book.currency, { period: "month" })}`
                  : "Requests using it require approval"
              }
              noteTone={price ? "neutral" : "warning"}
            />
          );
        })}
      </div>
      <Card title="Price history" flush>
        <Table caption={`Prices of ${book.name}`}>
          <TableHead>
            <tr>
              <TableHeader>Meter</TableHeader>
              <TableHeader numeric>Price</TableHeader>
              <TableHeader className="hidden sm:table-cell">Unit</TableHeader>
              <TableHeader>Effective from</TableHeader>
              <TableHeader>Status</TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {book.prices.map((price) => {
              const coming = Date.parse(price.validFrom) > nowMs;
              return (
                <TableRow key={price.id}>
                  <TableCell>{meterLabels[price.meter]}</TableCell>
                  <TableCell numeric className={cn(!price.inForce && !coming && "text-muted")}>
                    {formatUnitPrice(price.unitPrice, book.currency)}
                  </TableCell>
                  <TableCell className="hidden text-muted sm:table-cell">
                    {meterPrices[price.meter]}
                  </TableCell>
                  <TableCell>
                    <Time value={price.validFrom} />
                  </TableCell>
                  <TableCell>
                    <Status tone={price.inForce ? "good" : coming ? "accent" : "neutral"}>
                      {price.inForce ? "Active" : coming ? "Scheduled" : "Superseded"}
                    </Status>
                  </TableCell>
                </TableRow>
              );
            })}
          </TableBody>
        </Table>
      </Card>
    </section>
  );
}
