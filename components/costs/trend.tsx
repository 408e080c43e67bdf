import { StackedBarChart } from "@/components/charts/stacked-bar-chart";
import { Card } from "@/components/ui/card";
import { type CostOverview, costGroupLabels } from "@/lib/features/chargeback/schema";

/** As many as there are colors; the rest is one series. */
export const trendSeries = 5;
const rest = "other";

const dayName = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** Amounts per day, stacked by group; the small ones together, as an overview with `top` gives them. */
export function CostTrend({ costs }: { costs: CostOverview }) {
  const top = costs.breakdown.slice(0, trendSeries);
  const others = costs.breakdown.slice(trendSeries);
  const series = top.map((one) => ({ key: one.key, label: one.name }));
  if (others.length > 0) series.push({ key: rest, label: `${others.length} more` });
  return (
    <Card title={`Daily cost by ${costGroupLabels[costs.group].toLowerCase()}`} aside="UTC">
      <StackedBarChart
        label="Daily cost"
        format="money"
        currency={costs.currency}
        height={260}
        series={series}
        bars={costs.days.map(({ day, amounts }) => ({
          name: dayName.format(new Date(`${day}T00:00:00Z`)),
          values: {
            ...Object.fromEntries(top.map(({ key }) => [key, Number(amounts[key] ?? 0)])),
            ...(others.length > 0 && {
              [rest]: Number(amounts[""] ?? 0),
            }),
          },
        }))}
      />
    </Card>
  );
}
