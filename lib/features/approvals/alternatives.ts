import { Decimal } from "decimal.js";
import { formatCount, formatMoney, formatPercent } from "@/lib/kernel/format";
import { hoursPerMonth } from "@/lib/kernel/money";
import type { Alternative } from "./schema";

export interface AlternativesInput {
  /** What is asked for, a month. */
  monthly: string;
  currency: string;
  /** Null when the lease does not change. */
  leaseDays: number | null;
  presets: readonly { name: string; title?: string | undefined; monthly: string | null }[];
}

const lengths = [3, 7, 14, 30, 60];
const atMost = 3;
/** Less than this is not worth a conversation. */
const worthwhile = new Decimal("0.9");

/** Smaller presets and a shorter lease that cost at least a tenth less, dearest first: the nearest to what was asked. */
export function cheaperAlternatives(input: AlternativesInput): Alternative[] {
  const asked = new Decimal(input.monthly);
  if (asked.lte(0)) return [];
  const presets = input.presets
    .flatMap((preset) => (preset.monthly === null ? [] : [{ ...preset, price: new Decimal(preset.monthly) }]))
    .filter((preset) => preset.price.gt(0) && preset.price.lte(asked.times(worthwhile)))
    .sort((left, right) => right.price.comparedTo(left.price))
    .map((preset) => ofPreset(preset, input));
  const shorter = ofLease(input);
  return [...(shorter ? [shorter] : []), ...presets].slice(0, atMost);
}

/** Cost of some days at a monthly price: 730 hours are a month. */
export function costOfDays(monthly: string, days: number): string {
  return new Decimal(monthly)
    .times(24 * days)
    .div(hoursPerMonth)
    .toFixed(2);
}

function ofPreset(
  preset: { name: string; title?: string | undefined; price: Decimal },
  input: AlternativesInput,
): Alternative {
  const monthly = preset.price.toFixed(4);
  const title = preset.title ?? preset.name;
  const share = preset.price.div(input.monthly).toNumber();
  const price = formatMoney(monthly, input.currency, { period: "month" });
  return {
    kind: "preset",
    title: `${title} preset`,
    note: `${formatPercent(share)} of the requested cost`,
    monthly,
    untilLeaseEnd: input.leaseDays === null ? null : costOfDays(monthly, input.leaseDays),
    suggestion: `Please request the ${title} preset instead (${price}).`,
  };
}

function ofLease({ leaseDays, monthly, currency }: AlternativesInput): Alternative | null {
  if (leaseDays === null) return null;
  const days = lengths.filter((one) => one <= leaseDays / 2).at(-1);
  if (days === undefined) return null;
  const cost = costOfDays(monthly, days);
  const words = formatCount(days, "day");
  const amount = formatMoney(cost, currency);
  return {
    kind: "lease",
    title: `Same size, ${days}-day lease`,
    note: `Instead of ${formatCount(leaseDays, "day")}. Can be extended later.`,
    monthly,
    untilLeaseEnd: cost,
    suggestion: `Please request ${words} instead (${amount}). You can extend the lease later.`,
  };
}
