/**
 * How figures, money and times are written on screens and in mail. Pure and client-safe: the clock is
 * passed in, and unknown values are written as "unknown", never as zero.
 */

/** A value that may be absent because no one knows it. */
export type Maybe<T> = T | null | undefined;

/** Anything that names an instant: a Date, epoch milliseconds or an ISO 8601 string. */
export type Instant = Date | number | string;

export const UNKNOWN = "unknown";

const LOCALE = "en-GB";
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** What is further away is written as a date. */
const RELATIVE_DAYS = 7;
/** Between a figure and its unit or symbol: a space that never breaks the line. */
/** Between a figure and its unit, so that they stay on one line. */
export const NBSP = "\u00a0";

/** Making one costs far more than using it, and a list formats hundreds of figures: each kind is made once. */
const numberFormats = new Map<string, Intl.NumberFormat>();

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  let format = numberFormats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(LOCALE, options);
    numberFormats.set(key, format);
  }
  return format;
}

const dateFormats = new Map<string, Intl.DateTimeFormat>();

/** Without a time zone that of the machine counts, which does not change while a process or a page lives. */
function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  let format = dateFormats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(LOCALE, options);
    dateFormats.set(key, format);
  }
  return format;
}

/** Epoch milliseconds of an instant, or NaN when it names none. */
export function toMs(instant: Instant): number {
  if (typeof instant === "number") return instant;
  return (typeof instant === "string" ? new Date(instant) : instant).getTime();
}

/** A plain number with thousands separators. `digits` bounds the decimals (default 2). */
export function formatNumber(value: Maybe<number>, digits = 2): string {
  if (value == null || !Number.isFinite(value)) return UNKNOWN;
  return numberFormat({ maximumFractionDigits: digits }).format(value);
}

/** A short number for axes and badges: 1.2k, 3.4m. */
export function formatCompact(value: Maybe<number>): string {
  if (value == null || !Number.isFinite(value)) return UNKNOWN;
  return numberFormat({ notation: "compact", maximumFractionDigits: 1 }).format(value);
}

/** A ratio (0.42) as a percentage ("42%"). */
export function formatPercent(ratio: Maybe<number>, digits = 0): string {
  if (ratio == null || !Number.isFinite(ratio)) return UNKNOWN;
  return `${formatNumber(ratio * 100, digits)}%`;
}

export type Period = "hour" | "day" | "week" | "month" | "year";

/** How a period follows an amount: "€66.00/mo". */
const PERIOD_UNITS: Record<Period, string> = {
  hour: "/h",
  day: "/day",
  week: "/week",
  month: "/mo",
  year: "/year",
};

/** "/mo", "/h": a period after an amount that is written on its own. */
export function formatPeriod(period: Period): string {
  return PERIOD_UNITS[period];
}

export interface MoneyOptions {
  /** Written after the amount: "€66.00/mo". */
  period?: Period;
  /** Writes + before amounts above zero, for differences. */
  signed?: boolean;
  /** Leaves the decimals out of amounts of at least 100, for headlines. */
  rounded?: boolean;
  /** Keeps two significant digits under a cent, for prices and the charges of single hours: "€0.00042". */
  fine?: boolean;
}

const DECIMAL = /^-?\d+(\.\d+)?$/;
/** The least amount that is written as a figure. */
const LEAST_MONEY = 0.01;

/**
 * An amount with its currency: "€31.40". Decimal strings are formatted without passing through a float.
 * What would round to nothing is written "<€0.01"; a price per hour and a `fine` amount keep two significant digits.
 */
export function formatMoney(
  amount: Maybe<string | number>,
  currency: string,
  options: MoneyOptions = {},
): string {
  if (amount == null) return UNKNOWN;
  const text = String(amount).trim();
  const size = Math.abs(Number(text));
  if (text === "" || !Number.isFinite(size)) return UNKNOWN;
  const period = options.period ? PERIOD_UNITS[options.period] : "";
  const fine = options.fine || options.period === "hour";
  const sign = Number(text) < 0 ? "−" : options.signed && size > 0 ? "+" : "";
  if (!fine && size > 0 && size < LEAST_MONEY / 2) {
    return `${sign}<${withSymbol(currency, String(LEAST_MONEY))}${period}`;
  }
  const digits: Intl.NumberFormatOptions =
    fine && size > 0 && size < LEAST_MONEY
      ? { maximumSignificantDigits: 2 }
      : options.rounded && size >= 100
        ? { maximumFractionDigits: 0 }
        : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  const exact = DECIMAL.test(text) ? (text as Intl.StringNumericLiteral) : Number(text);
  const unsigned = numberFormat(digits).format(exact).replace(/^-/, "");
  return `${sign}${withSymbol(currency, unsigned)}${period}`;
}

/** A price of one unit with every digit it has, because amounts follow from it: "€0.021". */
export function formatUnitPrice(price: string, currency: string): string {
  return withSymbol(currency, price);
}

/** "€31.40", "CHF 5.00": a code is set apart, a symbol is not. */
function withSymbol(currency: string, unsigned: string): string {
  const symbol = currencySymbol(currency);
  return `${symbol}${/[A-Za-z]$/.test(symbol) ? NBSP : ""}${unsigned}`;
}

const symbols = new Map<string, string>();

/** "€" for EUR; the code itself for a currency without a symbol or one no one registered. */
function currencySymbol(currency: string): string {
  if (!/^[A-Za-z]{3}$/.test(currency)) return currency;
  const known = symbols.get(currency);
  if (known !== undefined) return known;
  const format = numberFormat({ style: "currency", currency, currencyDisplay: "narrowSymbol" });
  const symbol =
    format.formatToParts(0).find((part) => part.type === "currency")?.value ?? currency.toUpperCase();
  symbols.set(currency, symbol);
  return symbol;
}

/** The least amount of CPU that is written as a figure. */
const LEAST_CORES = 0.001;

const BINARY_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** A size in bytes with binary units: "512 MiB", "1.1 GiB". */
export function formatBytes(bytes: Maybe<number>): string {
  if (bytes == null || !Number.isFinite(bytes)) return UNKNOWN;
  let value = Math.abs(bytes);
  let unit = 0;
  // 1023.95 would be written "1,024" at one decimal: step up before that.
  while (value >= 1023.95 && unit < BINARY_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${bytes < 0 ? "−" : ""}${formatNumber(value, digits)}${NBSP}${BINARY_UNITS[unit]}`;
}

/** A rate in bytes per second: "1.1 MiB/s". */
export function formatByteRate(bytesPerSecond: Maybe<number>): string {
  const text = formatBytes(bytesPerSecond);
  return text === UNKNOWN ? text : `${text}/s`;
}

/** An amount of CPU in cores: "0.5 core", "2 cores"; small ones with a digit more, "0.006 core", and "<0.001 core". */
export function formatCpu(cores: Maybe<number>): string {
  if (cores == null || !Number.isFinite(cores)) return UNKNOWN;
  if (cores > 0 && cores < LEAST_CORES / 2) return `<${LEAST_CORES}${NBSP}core`;
  const text = formatNumber(cores, Math.abs(cores) < 0.1 ? 3 : 2);
  return `${text}${NBSP}${cores > 1 || cores === 0 ? "cores" : "core"}`;
}

/** A share of a limit; what is not nothing is never written as nothing: "<1%". */
export function formatShare(ratio: Maybe<number>): string {
  if (ratio == null || !Number.isFinite(ratio)) return UNKNOWN;
  return ratio > 0 && ratio < 0.01 ? `<${formatPercent(0.01)}` : formatPercent(ratio);
}

/** A count with its noun: "1 replica", "2 replicas". `many` is needed for irregular plurals only. */
export function formatCount(count: Maybe<number>, one: string, many = `${one}s`): string {
  if (count == null || !Number.isFinite(count)) return `${UNKNOWN} ${many}`;
  return `${formatNumber(count, 0)}${NBSP}${count === 1 ? one : many}`;
}

/** A length of time, at most two units: "48 s", "3 min 20 s", "2 h 5 min", "11 days". */
export function formatDuration(ms: Maybe<number>): string {
  if (ms == null || !Number.isFinite(ms)) return UNKNOWN;
  const size = Math.abs(ms);
  if (size < SECOND) return `${Math.round(size)}${NBSP}ms`;
  if (size < 10 * SECOND) return `${formatNumber(Math.floor(size / 100) / 10, 1)}${NBSP}s`;
  if (size < MINUTE) return `${Math.floor(size / SECOND)}${NBSP}s`;
  if (size < HOUR) return twoUnits(size, MINUTE, "min", SECOND, "s");
  if (size < DAY) return twoUnits(size, HOUR, "h", MINUTE, "min");
  const days = Math.floor(size / DAY);
  return formatCount(days, "day");
}

function twoUnits(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const bigs = Math.floor(ms / big);
  const smalls = Math.floor((ms % big) / small);
  const head = `${bigs}${NBSP}${bigName}`;
  return smalls === 0 ? head : `${head} ${smalls}${NBSP}${smallName}`;
}

/**
 * An instant as seen from `now`: "just now", "8 s ago", "in 3 h", "1 day ago", "in 6 days". From a week on it is the
 * date: "24 Oct 2026".
 */
export function formatRelative(instant: Maybe<Instant>, now: Instant): string {
  if (instant == null) return UNKNOWN;
  const at = toMs(instant);
  const delta = at - toMs(now);
  if (!Number.isFinite(delta)) return UNKNOWN;
  const size = Math.abs(delta);
  if (size < 2 * SECOND) return delta > SECOND ? "in a moment" : "just now";
  const days = Math.round(size / DAY);
  if (days > RELATIVE_DAYS) return formatWith(at, { day: "numeric", month: "short", year: "numeric" });
  const text =
    size < MINUTE
      ? `${Math.floor(size / SECOND)}${NBSP}s`
      : size < HOUR
        ? `${Math.floor(size / MINUTE)}${NBSP}min`
        : size < DAY
          ? `${Math.floor(size / HOUR)}${NBSP}h`
          : formatCount(days, "day");
  return delta < 0 ? `${text} ago` : `in ${text}`;
}

/** A calendar date: "4 December 2026". Without a time zone the viewer's (in a browser) is used. */
export function formatDate(instant: Maybe<Instant>, timeZone?: string): string {
  return formatWith(instant, { day: "numeric", month: "long", year: "numeric", timeZone });
}

/** An exact time with its zone: "Fri, 4 Dec 2026, 14:20:05 CET". */
export function formatExact(instant: Maybe<Instant>, timeZone?: string): string {
  return formatWith(instant, {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
    timeZone,
  });
}

/** A time of day: "14:20". */
export function formatClock(instant: Maybe<Instant>, timeZone?: string): string {
  return formatWith(instant, { hour: "2-digit", minute: "2-digit", timeZone });
}

function formatWith(instant: Maybe<Instant>, options: Intl.DateTimeFormatOptions): string {
  if (instant == null) return UNKNOWN;
  const ms = toMs(instant);
  if (!Number.isFinite(ms)) return UNKNOWN;
  return dateFormat(options).format(ms);
}

/** The first letters of a person's or team's name, for an avatar: "Ada Lovelace" → "AL". */
export function initials(name: string): string {
  const words = name
    .split(/[\s._@-]+/)
    .filter(Boolean)
    .slice(0, 2);
  return words.map((word) => Array.from(word)[0]?.toUpperCase() ?? "").join("") || "?";
}

export type FigureFormat = "number" | "percent" | "bytes" | "byteRate" | "cpu" | "durationMs" | "money";

/** One of the formats above by name, for props that must cross from server to client as data. */
export function formatFigure(value: Maybe<number>, format: FigureFormat, currency = "EUR"): string {
  switch (format) {
    case "percent":
      return formatPercent(value, 0);
    case "bytes":
      return formatBytes(value);
    case "byteRate":
      return formatByteRate(value);
    case "cpu":
      return formatCpu(value);
    case "durationMs":
      return formatDuration(value);
    case "money":
      return formatMoney(value, currency);
    case "number":
      return formatNumber(value);
  }
}
