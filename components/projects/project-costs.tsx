import Link from "next/link";
import { usageHref } from "@/components/costs/usage-href";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Money } from "@/components/ui/money";
import { Stat } from "@/components/ui/stat";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { type BudgetDto, type CostItems, meterLabels } from "@/lib/features/chargeback/schema";
import { formatPeriod } from "@/lib/kernel/format";

export interface ProjectCostsProps {
  projectId: string;
  /** Not there for archived projects. */
  month: BudgetDto | undefined;
  costs: CostItems;
  days: number;
}

/** The month against the budget, and what cost most lately. */
export function ProjectCosts({ projectId, month, costs, days }: ProjectCostsProps) {
  const place = { group: "project", key: projectId, days };
  return (
    <>
      <MonthFigures month={month} costs={costs} days={days} href={usageHref(place)} />
      <Card
        flush
        title={`Highest costs, last ${days} days`}
        aside={
          <ButtonLink size="sm" href={usageHref(place)}>
            View usage
          </ButtonLink>
        }
      >
        {costs.items.length === 0 ? (
          <EmptyState title="No charges in this period">
            Charges appear after an environment’s first full hour.
          </EmptyState>
        ) : (
          <Table caption="Highest costs">
            <TableHead>
              <tr>
                <TableHeader>Environment</TableHeader>
                <TableHeader>Component</TableHeader>
                <TableHeader className="hidden sm:table-cell">Meter</TableHeader>
                <TableHeader numeric>Amount</TableHeader>
              </tr>
            </TableHead>
            <TableBody>
              {costs.items.map(({ environmentId: environment, component, meter, ...item }) => (
                <TableRow key={`${environment}/${component}/${meter}`}>
                  <TableCell className="font-medium">{item.environmentName ?? environment}</TableCell>
                  <TableCell>{component}</TableCell>
                  <TableCell className="hidden sm:table-cell">{meterLabels[meter]}</TableCell>
                  <TableCell numeric>
                    <Link
                      href={usageHref({ ...place, environment, component, meter })}
                      className="link-quiet"
                    >
                      <Money amount={item.amount} currency={costs.currency} />
                    </Link>
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </Card>
    </>
  );
}

interface MonthFiguresProps extends Pick<ProjectCostsProps, "month" | "costs" | "days"> {
  href: string;
}

function MonthFigures({ month, costs, days, href }: MonthFiguresProps) {
  const { currency } = costs;
  const over = month?.budget != null && Number(month.expected) > Number(month.budget);
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Stat
        label={`Last ${days} days`}
        value={<Money amount={costs.total} currency={currency} />}
        href={href}
      />
      {month ? (
        <>
          <Stat label="Month to date" value={<Money amount={month.spent} currency={currency} />} />
          <Stat
            label="Forecast (month end)"
            value={<Money amount={month.expected} currency={currency} />}
            note={over ? "Over budget" : "At current usage"}
            noteTone={over ? "bad" : "neutral"}
          />
          <Stat
            label="Monthly budget"
            value={month.budget === null ? "None" : <Money amount={month.budget} currency={currency} />}
            of={month.budget === null ? undefined : formatPeriod("month")}
          />
        </>
      ) : null}
    </div>
  );
}
