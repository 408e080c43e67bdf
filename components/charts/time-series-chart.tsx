"use client";

import dynamic from "next/dynamic";
import { ChartSkeleton } from "@/components/ui/skeleton";
import { formatClock, formatDate, formatExact } from "@/lib/kernel/format";
import { axisUnit } from "./axes";
import { EmptyPlot } from "./empty-plot";
import { FigureTable } from "./figure-table";
import { summarize, thin } from "./figures";
import { ChartLegend } from "./legend";
import { limitAbove } from "./limits";
import type { ChartEvent, ChartSeries, FigureProps, TimePoint } from "./types";

const TimeSeriesPlot = dynamic(() => import("./time-series-plot").then((module) => module.TimeSeriesPlot), {
  ssr: false,
  loading: () => <ChartSkeleton height={160} />,
});

export interface TimeSeriesChartProps extends FigureProps {
  /** What is shown: "CPU". */
  label: string;
  series: readonly ChartSeries[];
  /** In order of time. */
  points: readonly TimePoint[];
  /** Things that happened, drawn as dashed lines and listed below. */
  events?: readonly ChartEvent[];
  /** Pixels. */
  height?: number;
  /** First and last instant of the time axis; the points' own otherwise. */
  domain?: readonly [number, number];
  /** Distance in time beyond which nothing was measured. */
  gapMs?: number;
}

/** Values over time. Unknown stays a gap; everything drawn is also said in words and as a table. */
export function TimeSeriesChart(props: TimeSeriesChartProps) {
  const { label, series, points, events = [], height = 160, format = "number", currency } = props;
  if (points.length === 0) {
    return <EmptyPlot height={height}>No data yet</EmptyPlot>;
  }
  return (
    <figure className="relative min-w-0 overflow-x-clip">
      <figcaption className="sr-only" suppressHydrationWarning>
        {summarize(label, series, points, format, currency)}
      </figcaption>
      <AboveThePlot unit={axisUnit(format)} limit={limitAbove(series, points, format)} />
      <div aria-hidden style={{ height }}>
        <TimeSeriesPlot {...props} height={height} />
      </div>
      {series.length > 1 ? <ChartLegend series={series} format={format} /> : null}
      {events.length > 0 ? <EventList events={events.slice(-4)} /> : null}
      <FigureTable
        caption={`${label}, figures`}
        rowHeader="Time"
        series={series}
        rows={thin(points, 12).map((point) => ({ key: point.t, name: formatExact(point.t), values: point }))}
        format={format}
        currency={currency}
      />
    </figure>
  );
}

/** The axis' unit, and a limit that is beyond the scale. A row of its own even without them, so that charts beside each other align. */
function AboveThePlot({ unit, limit }: { unit: string | null; limit: string | null }) {
  return (
    <p className="flex h-4 items-center justify-between gap-3 text-[11px] text-muted">
      <span aria-hidden>{unit}</span>
      {limit === null ? null : (
        <span className="tabular">
          <span aria-hidden>↑ </span>
          {limit}
        </span>
      )}
    </p>
  );
}

function EventList({ events }: { events: readonly ChartEvent[] }) {
  return (
    <ul className="mt-1.5 grid gap-0.5" aria-label="Events">
      {events.map((event) => (
        <li key={`${event.t} ${event.label}`} className="flex items-center gap-2 text-xs text-muted">
          <span aria-hidden className="h-3.5 border-l-2 border-dashed border-line-strong" />
          <span suppressHydrationWarning className="tabular">
            {Date.now() - event.t < 86_400_000 ? formatClock(event.t) : formatDate(event.t)}
          </span>
          <span className="min-w-0 truncate">{event.label}</span>
        </li>
      ))}
    </ul>
  );
}
