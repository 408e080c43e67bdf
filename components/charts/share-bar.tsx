import Link from "next/link";
import { formatFigure, formatPercent } from "@/lib/kernel/format";
import { colorVar, type FigureProps } from "./types";

export interface Share {
  key: string;
  label: string;
  value: number;
  href?: string;
}

export interface ShareBarProps extends FigureProps {
  label: string;
  shares: readonly Share[];
}

/** How a whole is divided: one bar, and a list with amounts that lead to what is behind them. */
export function ShareBar({ label, shares, format = "number", currency }: ShareBarProps) {
  const total = shares.reduce((sum, share) => sum + Math.max(0, share.value), 0);
  if (total === 0) return <p className="text-muted">No data yet</p>;
  return (
    <div>
      <div className="flex h-2 gap-px overflow-hidden rounded-full bg-track" aria-hidden>
        {shares.map((share, index) => (
          <span
            key={share.key}
            style={{ width: `${(Math.max(0, share.value) / total) * 100}%`, background: colorVar(index) }}
          />
        ))}
      </div>
      <ul className="mt-2 divide-y" aria-label={label}>
        {shares.map((share, index) => (
          <li key={share.key} className="flex items-center gap-2.5 py-2">
            <span
              aria-hidden
              className="size-2 shrink-0 rounded-[3px]"
              style={{ background: colorVar(index) }}
            />
            <span className="min-w-0 flex-1 truncate">
              {share.href ? (
                <Link href={share.href} className="link-quiet">
                  {share.label}
                </Link>
              ) : (
                share.label
              )}
            </span>
            <span className="text-xs text-muted tabular">{formatPercent(share.value / total)}</span>
            <span className="min-w-20 text-right tabular">{formatFigure(share.value, format, currency)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
