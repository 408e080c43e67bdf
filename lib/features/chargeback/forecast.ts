import { Decimal } from "decimal.js";

const hourMs = 3_600_000;

export interface ForecastInput {
  /** Spent so far, in all and in the current month. */
  total: Decimal.Value;
  thisMonth: Decimal.Value;
  /** What an hour costs as things are held now; null = something has no price. */
  hourlyRate: Decimal.Value | null;
  nowMs: number;
  /** What is held is given back then; null = no one knows when. */
  leaseEndsAtMs: number | null;
}

export interface Forecast {
  /** What this month will have cost if it continues like now until the month or the lease ends. */
  monthEnd: Decimal | null;
  /** What it will have cost in all when the lease ends; null without a lease. */
  leaseEnd: Decimal | null;
}

/** Spent so far plus the present rate for the time that is left. A lease that is over adds nothing more. */
export function forecastCost(input: ForecastInput): Forecast {
  if (input.hourlyRate === null) return { monthEnd: null, leaseEnd: null };
  const rate = new Decimal(input.hourlyRate);
  const until = (endMs: number) => rate.times(Math.max(0, endMs - input.nowMs)).div(hourMs);
  const lease = input.leaseEndsAtMs;
  return {
    monthEnd: until(Math.min(monthEndMs(input.nowMs), lease ?? Number.POSITIVE_INFINITY)).plus(
      input.thisMonth,
    ),
    leaseEnd: lease === null ? null : until(lease).plus(input.total),
  };
}

/** The first moment of the month (UTC) a moment lies in. */
export function monthStartMs(atMs: number): number {
  const at = new Date(atMs);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1);
}

/** The first moment of the month (UTC) after the one a moment lies in. */
export function monthEndMs(atMs: number): number {
  const at = new Date(atMs);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1);
}
