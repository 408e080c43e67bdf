import { StackedBarChart } from "@/components/charts/stacked-bar-chart";
import { Card } from "@/components/ui/card";
import { type CostOverview, costGroupLabels } from "@/lib/features/chargeback/schema";

/** As many as there are colours; the rest is one series. */
const most = 5;
const rest = "other";

const dayName = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** Amounts per day, stacked by group; the small ones together. */
export function CostTrend({ costs }: { costs: CostOverview }) {
  const top = costs.breakdown.slice(0, most);
  const others = costs.breakdown.slice(most);
  const series = top.map((one) => ({ key: one.key, label: one.name }));
  if (others.length > 0) series.push({ key: rest, label: `${others.length} more` });
  return (
    <Card title={`Per day, by ${costGroupLabels[costs.group].toLowerCase()}`} aside="days are UTC">
      <StackedBarChart
        label="Cost per day"
        format="money"
        currency={costs.currency}
        height={260}
        series={series}
        bars={costs.days.map(({ day, amounts }) => ({
          name: dayName.format(new Date(`${day}T00:00:00Z`)),
          values: {
            ...Object.fromEntries(top.map(({ key }) => [key, amounts[key] ?? 0])),
            ...(others.length > 0 && {
              [rest]: others.reduce((sum, { key }) => sum + (amounts[key] ?? 0), 0),
            }),
          },
        }))}
      />
    </Card>
  );
}
