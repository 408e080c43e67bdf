import { formatFigure } from "@/lib/kernel/format";
import { type ChartSeries, colorVar, type FigureProps } from "./types";

export interface PlotTooltipProps extends FigureProps {
  title: string;
  series: readonly ChartSeries[];
  values: Record<string, number | string | null | undefined>;
  /** Leaves out series without a value, for many categories. */
  onlyKnown?: boolean;
  total?: boolean;
}

/** What a chart says under the pointer. */
export function PlotTooltip(props: PlotTooltipProps) {
  const { title, series, values, format = "number", currency, onlyKnown, total } = props;
  const rows = series
    .map((each, index) => ({ ...each, index, value: toNumber(values[each.key]) }))
    .filter((row) => !onlyKnown || (row.value !== undefined && row.value !== 0));
  const sum = rows.reduce((before, row) => before + (row.value ?? 0), 0);
  return (
    <div className="min-w-36 rounded-control border bg-raised px-3 py-2 text-xs shadow-pop">
      <p className="mb-1 text-muted tabular">{title}</p>
      {rows.map((row) => (
        <p key={row.key} className="flex items-center gap-2">
          <span
            className="size-2 shrink-0 rounded-[3px]"
            style={{ background: colorVar(row.index, row.color) }}
          />
          <span className="min-w-0 flex-1 truncate text-ink-soft">{row.label}</span>
          <span className="font-semibold tabular">{formatFigure(row.value, format, currency)}</span>
        </p>
      ))}
      {total && rows.length > 1 ? (
        <p className="mt-1 flex justify-between gap-4 border-t pt-1 font-semibold tabular">
          <span>Total</span>
          {formatFigure(sum, format, currency)}
        </p>
      ) : null}
    </div>
  );
}

function toNumber(value: number | string | null | undefined): number | undefined {
  return value == null || value === "" ? undefined : Number(value);
}
