import { type FigureFormat, formatFigure } from "@/lib/kernel/format";
import { type ChartSeries, colorVar } from "./types";

export interface ChartLegendProps {
  series: readonly ChartSeries[];
  /** Of the limits, where series have some. */
  format?: FigureFormat;
}

/** The colors of the series, with their limits. */
export function ChartLegend({ series, format = "number" }: ChartLegendProps) {
  return (
    <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted" aria-label="Legend">
      {series.map((each, index) => (
        <li key={each.key} className="flex items-center gap-1.5">
          <span
            aria-hidden
            className="size-2 rounded-[3px]"
            style={{ background: colorVar(index, each.color) }}
          />
          {each.label}
          {each.limit === undefined ? null : ` · limit ${formatFigure(each.limit, format)}`}
        </li>
      ))}
    </ul>
  );
}
