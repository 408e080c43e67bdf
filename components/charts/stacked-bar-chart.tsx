"use client";

import dynamic from "next/dynamic";
import { ChartSkeleton } from "@/components/ui/skeleton";
import { formatFigure } from "@/lib/kernel/format";
import { ChartLegend } from "./legend";
import type { ChartSeries, FigureProps } from "./types";

const StackedBarPlot = dynamic(() => import("./stacked-bar-plot").then((module) => module.StackedBarPlot), {
  ssr: false,
  loading: () => <ChartSkeleton height={220} />,
});

/** One bar: its name and a value per category. */
export interface BarPoint {
  /** Written under the bar: "14 Nov". */
  name: string;
  values: Record<string, number | null | undefined>;
}

export interface StackedBarChartProps extends FigureProps {
  label: string;
  series: readonly ChartSeries[];
  bars: readonly BarPoint[];
  height?: number;
  /** A dashed horizontal line: a budget. */
  limit?: { value: number; label: string };
}

/** Amounts per period, split by category. */
export function StackedBarChart(props: StackedBarChartProps) {
  const { label, series, bars, height = 220, format = "number", currency } = props;
  if (bars.length === 0 || series.length === 0) {
    return (
      <div
        className="flex items-center justify-center rounded-control bg-subtle text-sm text-muted"
        style={{ height }}
      >
        Nothing recorded yet
      </div>
    );
  }
  return (
    <figure className="relative min-w-0 overflow-x-clip">
      <div aria-hidden style={{ height }}>
        <StackedBarPlot {...props} height={height} />
      </div>
      <ChartLegend series={series} />
      {/* The frame and not the table: a table does not let itself be made small, and would lengthen the page. */}
      <div className="sr-only">
        <table>
          <caption>{label}</caption>
          <thead>
            <tr>
              <th scope="col">Period</th>
              {series.map((each) => (
                <th key={each.key} scope="col">
                  {each.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bars.map((bar) => (
              <tr key={bar.name}>
                <th scope="row">{bar.name}</th>
                {series.map((each) => (
                  <td key={each.key}>{formatFigure(bar.values[each.key], format, currency)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
