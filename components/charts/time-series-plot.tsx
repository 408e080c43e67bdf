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
import { formatExact } from "@/lib/kernel/format";
import { axisFigure, timeTicks, valueTicks } from "./axes";
import { breakGaps, greatest, timeLabel } from "./figures";
import { PlotTooltip } from "./plot-tooltip";
import type { TimeSeriesChartProps } from "./time-series-chart";
import { colorVar, type TimePoint } from "./types";

const tick = { fill: "var(--muted)", fontSize: 11 };

export function TimeSeriesPlot(props: TimeSeriesChartProps) {
  const { series, points, events = [], height = 160, format = "number", currency, bare, stacked } = props;
  const id = useId().replaceAll(/[^a-zA-Z0-9]/g, "");
  const data = useMemo(() => breakGaps(points, props.gapMs), [points, props.gapMs]);
  const [from, to] = props.domain ?? [points[0]?.t ?? 0, points.at(-1)?.t ?? 0];
  const label = timeLabel(to - from);
  const most = Math.max(greatest(series, points, stacked), props.max ?? 0, props.limit?.value ?? 0);
  const values = valueTicks(most, format);
  return (
    <ResponsiveContainer width="100%" height={height}>
      <AreaChart
        accessibilityLayer={false}
        data={data}
        margin={bare ? { top: 6, right: 0, bottom: 0, left: 0 } : { top: 8, right: 4, bottom: 0, left: 0 }}
      >
        <defs>
          {series.map((each, index) => (
            <linearGradient key={each.key} id={`${id}-${index}`} x1="0" y1="0" x2="0" y2="1">
              <stop offset="0%" stopColor={colorVar(index, each.color)} stopOpacity={0.16} />
              <stop offset="100%" stopColor={colorVar(index, each.color)} stopOpacity={0.05} />
            </linearGradient>
          ))}
        </defs>
        {bare ? null : <CartesianGrid vertical={false} stroke="var(--line)" />}
        <XAxis
          dataKey="t"
          type="number"
          scale="time"
          domain={[from, to]}
          ticks={timeTicks(from, to)}
          allowDataOverflow
          hide={bare}
          tick={tick}
          tickLine={false}
          axisLine={{ stroke: "var(--line)" }}
          tickFormatter={label}
          minTickGap={24}
        />
        <YAxis
          hide={bare}
          width={format === "number" || format === "cpu" ? 40 : 62}
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
            return (
              <PlotTooltip
                title={formatExact(point.t)}
                series={series}
                values={point}
                format={format}
                currency={currency}
                total={stacked}
              />
            );
          }}
        />
        {series.map((each, index) => (
          <Area
            key={each.key}
            dataKey={each.key}
            name={each.label}
            type="monotone"
            stackId={stacked ? "all" : undefined}
            stroke={colorVar(index, each.color)}
            strokeWidth={1.6}
            fill={`url(#${id}-${index})`}
            fillOpacity={1}
            connectNulls={false}
            dot={false}
            activeDot={{ r: 3, strokeWidth: 0 }}
            isAnimationActive={false}
          />
        ))}
        {events.map((event) => (
          <ReferenceLine
            key={`${event.t} ${event.label}`}
            x={event.t}
            stroke="var(--muted)"
            strokeDasharray="3 3"
            ifOverflow="hidden"
          />
        ))}
        {props.limit ? (
          <ReferenceLine
            y={props.limit.value}
            stroke="var(--warning)"
            strokeDasharray="4 4"
            ifOverflow="extendDomain"
            label={{
              value: props.limit.label,
              position: "insideTopRight",
              fill: "var(--warning-ink)",
              fontSize: 11,
              stroke: "var(--panel)",
              strokeWidth: 3,
              style: { paintOrder: "stroke" },
            }}
          />
        ) : null}
      </AreaChart>
    </ResponsiveContainer>
  );
}
