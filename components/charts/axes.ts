import { type FigureFormat, formatCompact, formatFigure, formatMoney } from "@/lib/kernel/format";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const timeSteps = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minuteMs),
  ...[1, 2, 3, 6, 12].map((hours) => hours * hourMs),
  ...[1, 2, 7, 14, 30, 91].map((days) => days * dayMs),
];
const mostTimeTicks = 6;

/**
 * Round moments between two instants, at most six: full minutes, hours or days of the viewer's own clock.
 * @param zoneMinutes what `Date.getTimezoneOffset` says: minutes that local time is behind UTC
 */
export function timeTicks(
  from: number,
  to: number,
  zoneMinutes = new Date(to).getTimezoneOffset(),
): number[] {
  const span = to - from;
  const step = timeSteps.find((each) => span / each <= mostTimeTicks) ?? span;
  if (!(step > 0)) return [];
  const shift = zoneMinutes * minuteMs;
  const ticks: number[] = [];
  for (let t = Math.ceil((from - shift) / step) * step + shift; t <= to; t += step) ticks.push(t);
  return ticks;
}

const binarySteps = [
  1, 2, 4, 5, 8, 10, 16, 20, 25, 32, 40, 50, 64, 80, 100, 128, 200, 250, 256, 400, 500, 512,
];
const decimalSteps = [1, 2, 5, 10];
const mostIntervals = 4;

/** Round values from nothing to at least the greatest, at most five: sizes in whole binary units, others in tens. */
export function valueTicks(greatest: number, format: FigureFormat): number[] {
  const most = greatest > 0 && Number.isFinite(greatest) ? greatest : 1;
  const binary = format === "bytes" || format === "byteRate";
  const unit = binary
    ? 1024 ** Math.max(0, Math.floor(Math.log(most / mostIntervals) / Math.log(1024)))
    : 10 ** Math.floor(Math.log10(most / mostIntervals));
  const step =
    unit *
    ((binary ? binarySteps : decimalSteps).find((each) => each * unit * mostIntervals >= most) ?? 1024);
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** The unit that stands once above the axis; null where every mark carries its own, or there is none. */
export function axisUnit(format: FigureFormat): string | null {
  return format === "cpu" ? "Cores" : null;
}

/** A value beside the axis. Cores are written without their unit: it stands above the axis. */
export function axisFigure(value: number, format: FigureFormat, currency?: string): string {
  if (format === "number") return formatCompact(value);
  if (format === "cpu") return String(Number(value.toPrecision(3)));
  // Ticks under a cent apart stay apart.
  if (format === "money") return formatMoney(value, currency ?? "EUR", { fine: true });
  return formatFigure(value, format, currency);
}
