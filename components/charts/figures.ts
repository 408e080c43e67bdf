import { type FigureFormat, formatDuration, formatFigure } from "@/lib/kernel/format";
import type { ChartSeries, TimePoint } from "./types";

/** Time axis labels fit the span: hours within a day, dates beyond. */
export function timeLabel(spanMs: number): (t: number) => string {
  const options: Intl.DateTimeFormatOptions =
    spanMs <= 36 * 3_600_000
      ? { hour: "2-digit", minute: "2-digit" }
      : spanMs <= 8 * 86_400_000
        ? { weekday: "short", day: "numeric" }
        : { day: "numeric", month: "short" };
  const format = new Intl.DateTimeFormat("en-GB", options);
  return (t) => format.format(t);
}

/**
 * Points with an empty one put into every hole longer than `gapMs`, so that lines break where nothing was
 * measured. Without `gapMs` a hole is anything over three times the usual distance.
 */
export function breakGaps(points: readonly TimePoint[], gapMs?: number): TimePoint[] {
  if (points.length < 3) return [...points];
  const distances = points.slice(1).map((point, index) => point.t - (points[index]?.t ?? point.t));
  const usual = [...distances].sort((a, b) => a - b)[Math.floor(distances.length / 2)] ?? 0;
  const limit = gapMs ?? usual * 3;
  if (limit <= 0) return [...points];
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    return before && point.t - before.t > limit ? [{ t: before.t + 1 }, point] : [point];
  });
}

/** The greatest value drawn. 0 where nothing is known. */
export function greatest(series: readonly ChartSeries[], points: readonly TimePoint[]): number {
  return points.reduce((most, point) => Math.max(most, ...series.map((each) => point[each.key] ?? 0)), 0);
}

/** What the chart says in words: per series the last, least and greatest value. */
export function summarize(
  label: string,
  series: readonly ChartSeries[],
  points: readonly TimePoint[],
  format: FigureFormat,
  currency?: string,
): string {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return `${label}: no data.`;
  const write = (value: number) => formatFigure(value, format, currency);
  const parts = series.map((each) => {
    const values = points.map((point) => point[each.key]).filter((value) => value != null);
    if (values.length === 0) return `no data for ${each.label}`;
    const least = values.reduce((a, b) => Math.min(a, b));
    const most = values.reduce((a, b) => Math.max(a, b));
    const limit = each.limit === undefined ? "" : `, limit ${write(each.limit)}`;
    return `${each.label} last ${write(values.at(-1) ?? 0)}, between ${write(least)} and ${write(most)}${limit}`;
  });
  return `${label} over ${formatDuration(last.t - first.t)}: ${parts.join("; ")}.`;
}

/** At most `most` points, evenly chosen, the last one among them. */
export function thin<Item>(items: readonly Item[], most: number): Item[] {
  if (items.length <= most) return [...items];
  const step = items.length / most;
  return Array.from({ length: most }, (_, index) => items[Math.floor((index + 1) * step) - 1]).filter(
    (item) => item !== undefined,
  );
}
