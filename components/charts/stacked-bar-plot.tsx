"use client";

import { useMemo } from "react";
import {
  Bar,
  BarChart,
  CartesianGrid,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { formatCompact, formatFigure } from "@/lib/kernel/format";
import { PlotTooltip } from "./plot-tooltip";
import type { StackedBarChartProps } from "./stacked-bar-chart";
import { colorVar } from "./types";

const tick = { fill: "var(--muted)", fontSize: 11 };

export function StackedBarPlot(props: StackedBarChartProps) {
  const { series, bars, height = 220, format = "number", currency, limit } = props;
  const data = useMemo(() => bars.map((bar) => ({ name: bar.name, ...bar.values })), [bars]);
  return (
    <ResponsiveContainer width="100%" height={height}>
      <BarChart
        accessibilityLayer={false}
        data={data}
        margin={{ top: 8, right: 18, bottom: 0, left: 0 }}
        barCategoryGap="24%"
      >
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="name"
          tick={tick}
          tickLine={false}
          axisLine={{ stroke: "var(--line)" }}
          minTickGap={16}
        />
        <YAxis
          width={format === "number" ? 36 : 66}
          tick={tick}
          tickLine={false}
          axisLine={false}
          tickCount={4}
          tickFormatter={(value: number) =>
            format === "number" ? formatCompact(value) : formatFigure(value, format, currency)
          }
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: "var(--hover)" }}
          content={({ active, payload, label }) => {
            const values = payload?.[0]?.payload as Record<string, number | string> | undefined;
            if (!active || !values) return null;
            return (
              <PlotTooltip
                title={String(label ?? "")}
                series={series}
                values={values}
                format={format}
                currency={currency}
                onlyKnown
                total
              />
            );
          }}
        />
        {series.map((each, index) => (
          <Bar
            key={each.key}
            dataKey={each.key}
            name={each.label}
            stackId="all"
            fill={colorVar(index, each.color)}
            maxBarSize={36}
            isAnimationActive={false}
          />
        ))}
        {limit ? (
          <ReferenceLine
            y={limit.value}
            stroke="var(--warning)"
            strokeDasharray="4 4"
            ifOverflow="extendDomain"
            label={{
              value: limit.label,
              position: "insideTopRight",
              fill: "var(--warning-ink)",
              fontSize: 11,
              stroke: "var(--panel)",
              strokeWidth: 3,
              style: { paintOrder: "stroke" },
            }}
          />
        ) : null}
      </BarChart>
    </ResponsiveContainer>
  );
}
