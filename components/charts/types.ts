import type { FigureFormat } from "@/lib/kernel/format";

/** One of the six chart colors, in their order. */
export type ChartColor = 1 | 2 | 3 | 4 | 5 | 6;

export interface ChartSeries {
  key: string;
  label: string;
  color?: ChartColor;
  /** What its values can't exceed: drawn as a dashed line where it's near them, named otherwise. */
  limit?: number;
}

/** A moment with a value per series; null is unknown and is drawn as a gap, never as zero. */
export interface TimePoint {
  /** Epoch milliseconds. */
  t: number;
  [key: string]: number | null | undefined;
}

export interface ChartEvent {
  /** Epoch milliseconds. */
  t: number;
  label: string;
}

export interface FigureProps {
  format?: FigureFormat;
  currency?: string;
}

export function colorVar(index: number, color?: ChartColor): string {
  return `var(--chart-${color ?? (index % 6) + 1})`;
}
