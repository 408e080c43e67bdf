/** A text or number that is not a quantity of CPU, memory or storage. */
export class QuantityError extends Error {
  override readonly name = "QuantityError";
}

const binary = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50 } as const;
const decimal = { k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 } as const;
const factors: Readonly<Record<string, number>> = { ...binary, ...decimal, "": 1 };

/** What a CPU quantity may look like, for error messages. */
export const cpuHelp = 'a number of cores such as 0.5 or "500m"';
/** What a memory or storage quantity may look like, for error messages. */
export const bytesHelp = 'a size such as "512Mi", "1Gi", "1G" or a number of bytes';

/**
 * Cores of a CPU quantity: 0.5, "0.5" or "500m" (thousandths) → 0.5.
 * @throws QuantityError for anything else, for negative numbers and for more than 100,000 cores.
 */
export function parseCpu(value: number | string): number {
  const match = typeof value === "string" ? /^(\d{1,9}(?:\.\d{1,9})?)(m?)$/.exec(value.trim()) : null;
  const cores =
    typeof value === "number" ? value : match ? Number(match[1]) / (match[2] ? 1000 : 1) : Number.NaN;
  if (!Number.isFinite(cores) || cores < 0 || cores > 100_000) {
    throw new QuantityError(`"${value}" is not ${cpuHelp}`);
  }
  return cores;
}

/**
 * Bytes, rounded up to a whole one: "512Mi" → 536_870_912, "1G" → 1_000_000_000, 4096 → 4096. A trailing B
 * is accepted ("512MiB"). Lower-case m and g are refused: they mean different things to different tools.
 * @throws QuantityError for anything else and for sizes past what a number holds exactly.
 */
export function parseBytes(value: number | string): number {
  if (typeof value === "number") return checkedBytes(value, value);
  const match = /^(\d{1,16}(?:\.\d{1,9})?)\s?([KMGTP]i|[kKMGTP])?B?$/.exec(value.trim());
  if (!match) {
    const hint = /^[\d.]+[mgt]b?$/i.test(value.trim())
      ? `; write "${value.trim().replace(/[a-z]+$/i, (unit) => `${unit.charAt(0).toUpperCase()}i`)}"`
      : "";
    throw new QuantityError(`"${value}" is not ${bytesHelp}${hint}`);
  }
  return checkedBytes(Number(match[1]) * (factors[match[2] ?? ""] ?? 1), value);
}

function checkedBytes(bytes: number, given: number | string): number {
  const rounded = Math.ceil(bytes);
  if (!Number.isSafeInteger(rounded) || rounded < 0)
    throw new QuantityError(`"${given}" is not ${bytesHelp}`);
  return rounded;
}

/** Whether `parseCpu` accepts the value. */
export function isCpu(value: number | string): boolean {
  return accepts(parseCpu, value);
}

/** Whether `parseBytes` accepts the value. */
export function isBytes(value: number | string): boolean {
  return accepts(parseBytes, value);
}

function accepts(parse: (value: number | string) => number, value: number | string): boolean {
  try {
    parse(value);
    return true;
  } catch {
    return false;
  }
}

/** The exact quantity for manifests and Kubernetes: 0.5 → "500m", 2 → "2". Rounded up to a thousandth. */
export function cpuQuantity(cores: number): string {
  const milli = Math.ceil(cores * 1000 - 1e-9);
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
}

/** The exact quantity for manifests: the largest binary unit that loses nothing, 536_870_912 → "512Mi". */
export function bytesQuantity(bytes: number): string {
  for (const [unit, factor] of Object.entries(binary).reverse()) {
    if (bytes > 0 && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return String(Math.ceil(bytes));
}
