"use client";

import { useInBrowser } from "@/components/ui/use-in-browser";
import { formatFigure } from "@/lib/kernel/format";
import type { ChartSeries, FigureProps } from "./types";

export interface FigureTableProps extends FigureProps {
  caption: string;
  /** What a row stands for: "Time". */
  rowHeader: string;
  series: readonly ChartSeries[];
  rows: readonly { key: string | number; name: string; values: Record<string, number | null | undefined> }[];
}

/**
 * The figures of a chart for those who do not see it. Drawn by the browser alone, as the chart is: moments are named in
 * the reader's time zone, which the server does not know, and hundreds of cells need not be sent.
 */
export function FigureTable({
  caption,
  rowHeader,
  series,
  rows,
  format = "number",
  currency,
}: FigureTableProps) {
  const inBrowser = useInBrowser();
  if (!inBrowser) return null;
  return (
    // The frame and not the table: a table does not let itself be made small, and would lengthen the page.
    <div className="sr-only">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{rowHeader}</th>
            {series.map((each) => (
              <th key={each.key} scope="col">
                {each.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.name}</th>
              {series.map((each) => (
                <td key={each.key}>{formatFigure(row.values[each.key], format, currency)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
