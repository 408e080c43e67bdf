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

/** The shortest exact text for a number of milliseconds, without weeks: 12_600_000 → "3h30m", 0 → "0s". */
export function formatDuration(durationMs: number): string {
  let restMs = Math.max(0, Math.round(durationMs));
  if (restMs === 0) return "0s";
  let text = "";
  for (const unit of ["d", "h", "m", "s", "ms"] as const) {
    const amount = Math.floor(restMs / unitMs[unit]);
    if (amount > 0) text += `${amount}${unit}`;
    restMs -= amount * unitMs[unit];
  }
  return text;
}

const longNames = { d: "day", h: "hour", m: "minute", s: "second" } as const;

/**
 * A duration for people, in at most `units` neighboring units, rounded to the smaller one:
 * 12_600_000 → "3 hours 30 minutes", 400 → "less than a second".
 */
export function humanizeDuration(durationMs: number, units = 2): string {
  const names = ["d", "h", "m", "s"] as const;
  if (durationMs < unitMs.s) return "less than a second";
  const first = names.findIndex((unit) => durationMs >= unitMs[unit]);
  const shown = names.slice(first, first + units);
  const last = shown.at(-1) ?? "s";
  let rest = Math.round(durationMs / unitMs[last]) * unitMs[last];
  // Rounding may have carried into a larger unit (59.9 s → 1 minute).
  const words: string[] = [];
  for (const unit of names.slice(0, first + units)) {
    const amount = Math.floor(rest / unitMs[unit]);
    rest -= amount * unitMs[unit];
    if (amount > 0) words.push(`${amount} ${longNames[unit]}${amount === 1 ? "" : "s"}`);
  }
  return words.slice(0, units).join(" ");
}
