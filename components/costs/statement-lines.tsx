"use client";

import Link from "next/link";
import { Money } from "@/components/ui/money";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { meterLabels, meterUnits, type StatementLine } from "@/lib/features/chargeback/schema";
import { Quantity } from "./cost-items";
import { usageHref } from "./usage-href";

interface StatementLinesProps {
  lines: readonly StatementLine[];
  month: string;
  currency: string;
}

/** Lines of a statement. Drawn in the browser too: they travel once, as data. */
export function StatementLines({ lines, month, currency }: StatementLinesProps) {
  return (
    <Table caption="Statement lines">
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
            <TableCell>{meterLabels[line.meter]}</TableCell>
            <TableCell numeric className={wide}>
              <Quantity value={line.quantity} unit={meterUnits[line.meter]} />
            </TableCell>
            <TableCell numeric>
              <Link href={usageHref(daysOf(month, line))} className="link-quiet">
                <Money amount={line.amount} currency={currency} />
              </Link>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** Left out on phones: the amount and what it is for come first. */
const wide = "hidden md:table-cell";

/** The days and hours a line was summed up from. */
function daysOf(month: string, { environmentId: environment, component, meter }: StatementLine) {
  return { month, environment, component, meter };
}
