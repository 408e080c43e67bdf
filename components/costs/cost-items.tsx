"use client";

import { Decimal } from "decimal.js";
import Link from "next/link";
import type { Column } from "@/components/data/column";
import { DataTable } from "@/components/data/data-table";
import type { SearchParams } from "@/components/data/list-params";
import { EmptyState } from "@/components/ui/empty-state";
import { Money } from "@/components/ui/money";
import { type CostItem, type CostItems, meterLabels, meterUnits } from "@/lib/features/chargeback/schema";
import { formatNumber } from "@/lib/kernel/format";
import { dayName } from "./month-name";
import { type UsagePlace, usageHref } from "./usage-href";

/** A quantity with up to four decimals and its unit. */
export function Quantity({ value, unit }: { value: string; unit: string }) {
  return (
    <>
      {formatNumber(new Decimal(value).toNumber(), 4)} <span className="text-muted">{unit}</span>
    </>
  );
}

export interface CostItemTableProps {
  costs: CostItems;
  /** One environment's component and meter, day by day. */
  perDay: boolean;
  /** All of one environment, which the page names already. */
  oneEnvironment: boolean;
  /** What is looked at now; every amount leads further in. */
  place: UsagePlace;
  params: SearchParams;
  csvHref: string;
}

const environmentColumn: Column<CostItem> = {
  key: "environment",
  header: "Environment",
  sort: "environment",
  name: true,
  cell: (item) => <span className="font-medium">{item.environmentName ?? item.environmentId}</span>,
};

/**
 * What an amount is made of: environments' components and meters, or the days of one of them. Drawn in the browser too:
 * its rows travel once, as data.
 */
export function CostItemTable(props: CostItemTableProps) {
  const { costs, perDay, oneEnvironment, place, params, csvHref } = props;
  const what: Column<CostItem>[] = perDay
    ? [
        {
          key: "day",
          header: "Day",
          name: true,
          cell: (item) => <span className="font-medium tabular">{item.day ? dayName(item.day) : "—"}</span>,
        },
      ]
    : [
        ...(oneEnvironment ? [] : [environmentColumn]),
        { key: "component", header: "Component", name: oneEnvironment, cell: (item) => item.component },
        { key: "meter", header: "Meter", cell: (item) => meterLabels[item.meter] },
      ];
  const columns: Column<CostItem>[] = [
    ...what,
    {
      key: "usage",
      header: "Usage",
      numeric: true,
      drop: perDay ? undefined : 3,
      cell: (item) => <Quantity value={item.quantity} unit={meterUnits[item.meter]} />,
    },
    {
      key: "amount",
      header: "Amount",
      numeric: true,
      cell: (item) => (
        <Link href={inside(place, item)} className="link-quiet">
          <Money amount={item.amount} currency={costs.currency} />
        </Link>
      ),
    },
  ];
  return (
    <DataTable
      caption={perDay ? "Daily cost" : "Cost by environment, component and meter"}
      columns={columns}
      rows={costs.items}
      rowKey={(item) => `${item.environmentId}/${item.component}/${item.meter}/${item.day}`}
      path="/costs/usage"
      clearHref={usageHref(place)}
      params={params}
      {...(!oneEnvironment && { searchPlaceholder: "Search environments" })}
      nextCursor={costs.nextCursor}
      csvHref={csvHref}
      empty={
        <EmptyState title="No charges in this period">
          The current hour is billed when it ends. Until then, the environment’s page shows the cost.
        </EmptyState>
      }
    />
  );
}

function inside(place: UsagePlace, item: CostItem): string {
  const { environmentId: environment, component, meter, day } = item;
  return usageHref({ ...place, environment, component, meter, day: day ?? undefined });
}
