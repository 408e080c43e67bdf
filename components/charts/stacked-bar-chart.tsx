"use client";

import dynamic from "next/dynamic";
import { ChartSkeleton } from "@/components/ui/skeleton";
import { EmptyPlot } from "./empty-plot";
import { FigureTable } from "./figure-table";
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
    return <EmptyPlot height={height}>No data yet</EmptyPlot>;
  }
  return (
    <figure className="relative min-w-0 overflow-x-clip">
      <div aria-hidden style={{ height }}>
        <StackedBarPlot {...props} height={height} />
      </div>
      <ChartLegend series={series} />
      <FigureTable
        caption={label}
        rowHeader="Period"
        series={series}
        rows={bars.map((bar) => ({ key: bar.name, name: bar.name, values: bar.values }))}
        format={format}
        currency={currency}
      />
    </figure>
  );
}
