import { formatMoney, formatPeriod, type Period } from "@/lib/kernel/format";
import { cn } from "./cn";

export interface MoneyProps {
  amount: string | number | null | undefined;
  currency: string;
  period?: Period;
  signed?: boolean;
  rounded?: boolean;
  /** See formatMoney. */
  fine?: boolean;
  className?: string;
}

/** An amount with its currency and period. Unknown is said, never shown as zero. */
export function Money({ amount, currency, period, signed, rounded, fine, className }: MoneyProps) {
  const text = formatMoney(amount, currency, { signed, rounded, fine });
  const unknown = amount == null || amount === "";
  return (
    <span className={cn("whitespace-nowrap tabular", unknown && "text-muted", className)}>
      {text}
      {period && !unknown ? <span className="text-[0.92em] text-muted">{formatPeriod(period)}</span> : null}
    </span>
  );
}
