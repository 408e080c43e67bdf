import { Decimal } from "decimal.js";
import Link from "next/link";
import { usageHref } from "@/components/costs/usage-href";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Money } from "@/components/ui/money";
import { RunRate } from "@/components/ui/run-rate";
import { Stat } from "@/components/ui/stat";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import {
  type CostLine,
  type EnvironmentCost,
  meterLabels,
  meterUnits,
} from "@/lib/features/chargeback/schema";
import { formatNumber, formatUnitPrice } from "@/lib/kernel/format";
import { centDecimals, roundTogether } from "@/lib/kernel/money";
import { perComponent, shownOr } from "./cost-per-component";

export interface CostLinesProps {
  environmentId: string;
  cost: EnvironmentCost;
  /** Titles of the components, by name. */
  titles: Readonly<Record<string, string>>;
}

/** Every amount of an environment, opened down to usage times price. */
export function CostLines(props: CostLinesProps) {
  const { cost } = props;
  return (
    <div className="grid gap-4">
      <CostFigures cost={cost} />
      {cost.unpriced.length > 0 ? (
        <Callout tone="warning" title="Some usage has no price">
          {cost.unpriced.join(", ")}. Usage without an active price isn’t included.
        </Callout>
      ) : null}
      <Card
        title="Lifetime cost by component"
        flush
        aside={
          cost.chargedUntil ? (
            <>
              Charged until <Time value={cost.chargedUntil} />; later usage is counted to the current minute
            </>
          ) : null
        }
      >
        <ComponentCosts {...props} />
      </Card>
    </div>
  );
}

function CostFigures({ cost }: { cost: EnvironmentCost }) {
  const { currency } = cost;
  return (
    <div className="grid grid-cols-2 gap-3 sm:gap-4 lg:grid-cols-4">
      <Stat label="Month to date" value={<Money amount={cost.thisMonth} currency={currency} />} />
      <Stat
        label="Forecast"
        value={<Money amount={cost.forecastMonth} currency={currency} />}
        note={cost.forecastMonth === null ? "Missing price" : "At current usage"}
      />
      <Stat label="Monthly run rate" value={<RunRate bare monthly={cost.monthly} currency={currency} />} />
      <Stat
        label="Lifetime cost"
        value={<Money amount={cost.total} currency={currency} />}
        note={
          cost.forecastLeaseEnd === null ? undefined : (
            <>
              <Money amount={cost.forecastLeaseEnd} currency={currency} /> at lease end
            </>
          )
        }
      />
    </div>
  );
}

function ComponentCosts({ environmentId, cost, titles }: CostLinesProps) {
  const { currency } = cost;
  const components = perComponent(cost.lines, "amount");
  if (components.length === 0)
    return (
      <EmptyState title="No charges yet">Allocated resources are billed hourly from creation.</EmptyState>
    );
  return (
    <Table caption="Cost by component and meter">
      <TableHead>
        <tr>
          <TableHeader>Meter</TableHeader>
          <TableHeader numeric>Usage</TableHeader>
          <TableHeader numeric className={wide}>
            Price
          </TableHeader>
          <TableHeader numeric>Amount</TableHeader>
        </tr>
      </TableHead>
      {components.map(({ component, amount }) => (
        <TableBody key={component}>
          <TableRow className="bg-subtle">
            <TableCell className="font-semibold" colSpan={2}>
              {titles[component] ?? component}
            </TableCell>
            <TableCell className={wide} />
            <TableCell numeric className="font-semibold">
              <Money amount={amount} currency={currency} />
            </TableCell>
          </TableRow>
          {linesOf(cost, component, amount).map((line) => (
            <Line key={line.meter} {...{ line, currency, environmentId }} />
          ))}
        </TableBody>
      ))}
    </Table>
  );
}

/** The lines of a component, rounded so that they add up to what stands above them. */
function linesOf(cost: EnvironmentCost, component: string, amount: string): CostLine[] {
  const lines = cost.lines.filter((line) => line.component === component);
  const amounts = roundTogether(
    lines.map((line) => line.amount),
    centDecimals,
    amount,
  );
  return lines.map((line, index) => ({ ...line, amount: shownOr(amounts[index], line.amount) }));
}

/** Left out on phones: usage and amount say it. */
const wide = "hidden sm:table-cell";

interface LineProps {
  line: CostLine;
  currency: string;
  environmentId: string;
}

function Line({ line, currency, environmentId }: LineProps) {
  const quantity = new Decimal(line.quantity).toNumber();
  const days = usageHref({
    environment: environmentId,
    component: line.component,
    meter: line.meter,
    days: 366,
  });
  return (
    <TableRow>
      <TableCell className="pl-6! sm:pl-8!">{meterLabels[line.meter]}</TableCell>
      <TableCell numeric>
        {formatNumber(quantity, quantity < 0.1 ? 4 : 2)}{" "}
        <span className="text-muted">{meterUnits[line.meter]}</span>
      </TableCell>
      <TableCell numeric className={`text-muted ${wide}`}>
        × {formatUnitPrice(line.unitPrice, currency)}
      </TableCell>
      <TableCell numeric>
        <Link href={days} className="link-quiet">
          <Money amount={line.amount} currency={currency} />
        </Link>
      </TableCell>
    </TableRow>
  );
}
