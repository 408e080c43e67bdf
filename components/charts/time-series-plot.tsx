"use client";

import { useId, useMemo } from "react";
import {
  Area,
  AreaChart,
  CartesianGrid,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { type FigureFormat, formatExact } from "@/lib/kernel/format";
import { axisFigure, timeTicks, valueTicks } from "./axes";
import { breakGaps, greatest, timeLabel } from "./figures";
import { type DrawnLimit, drawnLimits } from "./limits";
import { PlotTooltip } from "./plot-tooltip";
import type { TimeSeriesChartProps } from "./time-series-chart";
import { type ChartSeries, colorVar, type TimePoint } from "./types";

/** Pixels, for the longest marks: "0.0015", "128 MiB". */
const axisWidths: Partial<Record<FigureFormat, number>> = { number: 40, cpu: 48 };
const tick = { fill: "var(--muted)", fontSize: 11 };

/** What the plot is drawn from: data with its gaps, both scales and the limits within them. */
function usePlot(props: TimeSeriesChartProps) {
  const { series, points, gapMs, format = "number" } = props;
  const data = useMemo(() => breakGaps(points, gapMs), [points, gapMs]);
  const [from, to] = props.domain ?? [points[0]?.t ?? 0, points.at(-1)?.t ?? 0];
  const limits = drawnLimits(series, points, format);
  const most = Math.max(greatest(series, points), ...limits.map((limit) => limit.value));
  return { data, from, to, limits, values: valueTicks(most, format) };
}

export function TimeSeriesPlot(props: TimeSeriesChartProps) {
  const { series, events = [], height = 160, format = "number", currency } = props;
  const id = useId().replaceAll(/[^a-zA-Z0-9]/g, "");
  const { data, from, to, limits, values } = usePlot(props);
  return (
    <ResponsiveContainer width="100%" height={height}>
      <AreaChart accessibilityLayer={false} data={data} margin={{ top: 8, right: 4, bottom: 0, left: 0 }}>
        <defs>{series.map((each, index) => gradient(each, index, id))}</defs>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="t"
          type="number"
          scale="time"
          domain={[from, to]}
          ticks={timeTicks(from, to)}
          allowDataOverflow
          tick={tick}
          tickLine={false}
          axisLine={{ stroke: "var(--line)" }}
          tickFormatter={timeLabel(to - from)}
          minTickGap={24}
        />
        <YAxis
          width={axisWidths[format] ?? 62}
          tick={tick}
          tickLine={false}
          axisLine={false}
          ticks={values}
          domain={[0, values.at(-1) ?? "auto"]}
          tickFormatter={(value: number) => axisFigure(value, format, currency)}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: "var(--line-strong)" }}
          content={({ active, payload }) => {
            const point = payload?.[0]?.payload as TimePoint | undefined;
            if (!active || !point) return null;
            const title = formatExact(point.t);
            return <PlotTooltip {...{ title, series, format, currency }} values={point} />;
          }}
        />
        {series.map((each, index) => area(each, index, id))}
        {events.map((event) => (
          <ReferenceLine
            key={`${event.t} ${event.label}`}
            x={event.t}
            stroke="var(--muted)"
            strokeDasharray="3 3"
            ifOverflow="hidden"
          />
        ))}
        {limits.map((limit) => limitLine(limit, series))}
      </AreaChart>
    </ResponsiveContainer>
  );
}

function gradient(each: ChartSeries, index: number, id: string) {
  const color = colorVar(index, each.color);
  return (
    <linearGradient key={each.key} id={`${id}-${index}`} x1="0" y1="0" x2="0" y2="1">
      <stop offset="0%" stopColor={color} stopOpacity={0.16} />
      <stop offset="100%" stopColor={color} stopOpacity={0.05} />
    </linearGradient>
  );
}

function area(each: ChartSeries, index: number, id: string) {
  return (
    <Area
      key={each.key}
      dataKey={each.key}
      name={each.label}
      type="monotone"
      stroke={colorVar(index, each.color)}
      strokeWidth={1.6}
      fill={`url(#${id}-${index})`}
      fillOpacity={1}
      connectNulls={false}
      dot={false}
      activeDot={{ r: 3, strokeWidth: 0 }}
      isAnimationActive={false}
    />
  );
}

/** In its series' color among several, else in the color of a warning. */
function limitLine({ value, label, index }: DrawnLimit, series: readonly ChartSeries[]) {
  const own = index === null || series.length === 1 ? undefined : series[index];
  return (
    <ReferenceLine
      key={value}
      y={value}
      stroke={own && index !== null ? colorVar(index, own.color) : "var(--warning)"}
      strokeDasharray="4 4"
      ifOverflow="extendDomain"
      label={{
        value: label,
        position: "insideTopRight",
        fill: own ? "var(--muted)" : "var(--warning-ink)",
        fontSize: 11,
        stroke: "var(--panel)",
        strokeWidth: 3,
        style: { paintOrder: "stroke" },
      }}
    />
  );
}
