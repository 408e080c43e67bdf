import Link from "next/link";
import { Card } from "@/components/ui/card";
import { Money } from "@/components/ui/money";
import { Stat } from "@/components/ui/stat";
import type { EnvironmentCost } from "@/lib/features/chargeback/schema";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { formatMoney } from "@/lib/kernel/format";
import { perComponent } from "./cost-per-component";

/** Month to date and forecast, by component. */
export function MonthCard(props: {
  environmentId: string;
  cost: EnvironmentCost | null;
  /** Where nothing exists yet: what the plan says. */
  planned: EnvironmentDetail["planned"];
  /** Titles of the components, by name. */
  titles: Readonly<Record<string, string>>;
}) {
  const { environmentId, cost, planned, titles } = props;
  if (!cost) {
    return (
      <Card title="This month">
        <p className="text-muted">Costs are visible to project members and Finance.</p>
      </Card>
    );
  }
  const end = new Date();
  const last = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0));
  const until = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(
    last,
  );
  // The parts add up to the sum on screen too.
  const components = perComponent(cost.lines, "thisMonth");
  return (
    <Card title="This month" aside={`Until ${until}`}>
      <Stat
        panel={false}
        label={<span className="sr-only">Month to date</span>}
        value={formatMoney(cost.thisMonth, cost.currency)}
        of={
          components.length === 0
            ? undefined
            : cost.forecastMonth === null
              ? "Forecast unavailable: missing price"
              : `forecast ${formatMoney(cost.forecastMonth, cost.currency)}`
        }
      />
      {components.length > 0 ? (
        <ul className="mt-2 divide-y" aria-label="This month by component">
          {components.slice(0, 5).map((one) => (
            <li key={one.component} className="flex justify-between gap-4 py-2">
              <Link href={`/environments/${environmentId}/costs`} className="link-quiet truncate">
                {titles[one.component] ?? one.component}
              </Link>
              <Money amount={one.amount} currency={cost.currency} />
            </li>
          ))}
          <li className="flex justify-between gap-4 pt-2 text-muted">
            <span>Lifetime</span>
            <Money amount={cost.total} currency={cost.currency} />
          </li>
        </ul>
      ) : (
        <p className="mt-2 text-muted">
          No charges yet. Usage is billed hourly.
          {planned?.monthly ? (
            <>
              {" "}
              Once created: <Money amount={planned.monthly} currency={cost.currency} period="month" />.
            </>
          ) : null}
        </p>
      )}
    </Card>
  );
}
