/** A text that is not a duration such as "14d" or "3h30m". */
export class DurationError extends Error {
  override readonly name = "DurationError";
}

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
type Unit = keyof typeof unitMs;

const whole = /^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/;
const part = /(\d+(?:\.\d+)?)(ms|[smhdw])/g;
const maxMs = 100 * 366 * unitMs.d;

/** What a duration may look like, for error messages. */
export const durationHelp = 'a duration such as "10s", "3h30m" or "14d" (units: ms, s, m, h, d, w)';

/**
 * Milliseconds of a duration such as "10s", "3h30m" or "14d" (units ms, s, m, h, d, w; a day is 24 h).
 * @throws DurationError when the text is something else, or longer than a hundred years.
 */
export function parseDurationMs(text: string): number {
  const trimmed = text.trim();
  // The length bound keeps a hostile text from costing more than a glance.
  if (trimmed.length > 64 || !whole.test(trimmed))
    throw new DurationError(`"${text}" is not ${durationHelp}`);
  let totalMs = 0;
  for (const [, amount, unit] of trimmed.matchAll(part)) totalMs += Number(amount) * unitMs[unit as Unit];
  if (totalMs > maxMs) throw new DurationError(`"${text}" is longer than a hundred years`);
  return Math.round(totalMs);
}

/** Whether `parseDurationMs` accepts the text. */
export function isDuration(text: string): boolean {
  try {
    parseDurationMs(text);
    return true;
  } catch {
    return false;
  }
}
