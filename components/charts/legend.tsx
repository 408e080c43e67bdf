import { type ChartSeries, colorVar } from "./types";

export function ChartLegend({ series }: { series: readonly ChartSeries[] }) {
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
        </li>
      ))}
    </ul>
  );
}
