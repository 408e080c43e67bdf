import { Decimal } from "decimal.js";

/** How a number was lost on its way from text. */
export type NumberLoss = "leading zeros" | "too large" | "too many digits";

/**
 * What a number loses when it is read from its text, or undefined when it arrives as written: leading zeros mean different
 * numbers to different readers, whole numbers beyond 2^53 and fractions of more than 17 digits have no exact double.
 */
export function numberLoss(text: string, value = Number(text)): NumberLoss | undefined {
  if (/^[-+]?0\d/.test(text)) return "leading zeros";
  if (!isExact(value)) return "too large";
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return undefined;
  return new Decimal(text.replace(/^\+/, "")).eq(value) ? undefined : "too many digits";
}

/** Whether a number is finite and, when whole, within the range in which whole numbers are exact. */
export function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

/** Whether a number is a multiple of a step, as decimals: 0.3 is one of 0.1. */
export function isMultipleOf(value: number, step: number): boolean {
  return new Decimal(value).mod(step).isZero();
}

/**
 * The number a person typed, or undefined unless the whole text is one, written plainly: "16,000", "0755", "１６" and "1.000"
 * (sixteen thousand, a mode, other digits, a thousand somewhere) are none.
 */
export function readNumber(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^-?(0|[1-9]\d*)(\.\d+)?$/.test(trimmed) || /^-?[1-9]\d{0,2}(\.\d{3})*\.000$/.test(trimmed))
    return undefined;
  return numberLoss(trimmed) === undefined ? Number(trimmed) : undefined;
}
