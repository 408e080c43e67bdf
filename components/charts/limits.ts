import { type FigureFormat, formatFigure } from "@/lib/kernel/format";
import { greatest } from "./figures";
import type { ChartSeries, TimePoint } from "./types";

/** A limit further above the greatest value than this would press the values flat: it's named instead of drawn. */
const drawnUpTo = 4;

export interface DrawnLimit {
  value: number;
  /** "Limit 0.5 core", with the series where only some of several have it. */
  label: string;
  /** Place of its series, whose color it has; null where several share it. */
  index: number | null;
}

/** The limits that are drawn among the values, each once. */
export function drawnLimits(
  series: readonly ChartSeries[],
  points: readonly TimePoint[],
  format: FigureFormat,
): DrawnLimit[] {
  const most = greatest(series, points);
  const byValue = new Map<number, number[]>();
  for (const [index, { limit }] of series.entries()) {
    if (limit === undefined || limit > most * drawnUpTo) continue;
    byValue.set(limit, [...(byValue.get(limit) ?? []), index]);
  }
  return [...byValue].map(([value, indexes]) => {
    const [only] = indexes;
    const isShared = indexes.length > 1 || only === undefined;
    const whose = series.length > 1 && !isShared ? `, ${series[only]?.label}` : "";
    return { value, label: `${limitWords(value, format)}${whose}`, index: isShared ? null : only };
  });
}

/** The limit of the one series of a chart where it's too far above the values to be drawn; null otherwise. */
export function limitAbove(
  series: readonly ChartSeries[],
  points: readonly TimePoint[],
  format: FigureFormat,
): string | null {
  const [only] = series;
  if (series.length !== 1 || only?.limit === undefined) return null;
  return drawnLimits(series, points, format).length > 0 ? null : limitWords(only.limit, format);
}

/** "Limit 0.5 core" */
function limitWords(limit: number, format: FigureFormat): string {
  return `Limit ${formatFigure(limit, format)}`;
}
