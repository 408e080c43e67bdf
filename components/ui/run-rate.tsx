"use client";

import { Decimal } from "decimal.js";
import { formatMoney } from "@/lib/kernel/format";
import { hoursPerMonth } from "@/lib/kernel/money";
import { Money } from "./money";
import { Tooltip } from "./tooltip";

export interface RunRateProps {
  /** A month's cost as decimal text; null is unknown. */
  monthly: string | null;
  currency: string;
  /** Where the label beside it says that the amount is a month's. */
  bare?: boolean;
  className?: string;
}

/** What something costs a month, and on hover, focus or tap a day and an hour. */
export function RunRate({ monthly, currency, bare, className }: RunRateProps) {
  const amount = (
    <Money amount={monthly} currency={currency} period={bare ? undefined : "month"} className={className} />
  );
  if (monthly === null) return amount;
  return (
    <Tooltip content={rateWords(monthly, currency)} opensOnClick>
      <button
        type="button"
        className="cursor-help rounded-sm text-left underline decoration-line-strong decoration-dotted underline-offset-4"
      >
        {amount}
      </button>
    </Tooltip>
  );
}

/** "€2.17/day · €0.09/h": the same rate for shorter times. */
export function rateWords(monthly: string, currency: string): string {
  const hourly = new Decimal(monthly).div(hoursPerMonth);
  const daily = formatMoney(hourly.times(24).toFixed(4), currency, { period: "day" });
  return `${daily} · ${formatMoney(hourly.toFixed(6), currency, { period: "hour" })}`;
}
