/** One measured figure. */
export interface Row {
  what: string;
  value: number;
  unit: string;
  /** What was asked for; absent where there is only the figure. */
  target?: number;
  higherIsBetter?: boolean;
  all?: number[];
  /** What else is worth saying about it. */
  note?: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Prints a table; a missed target is marked, never hidden. */
export function print(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`);
  for (const row of rows) {
    const value = row.value >= 100 ? row.value.toFixed(0) : row.value.toFixed(row.value < 10 ? 3 : 1);
    const range =
      row.all && row.all.length > 1
        ? ` (${Math.min(...row.all).toFixed(3)}–${Math.max(...row.all).toFixed(3)})`
        : "";
    console.log(
      `  ${row.what.padEnd(64)} ${value.padStart(9)} ${row.unit}${range}${row.note ? `  ${row.note}` : ""}${verdict(row)}`,
    );
  }
}

function verdict(row: Row): string {
  if (row.target === undefined) return "";
  const met = row.higherIsBetter ? row.value >= row.target : row.value <= row.target;
  return `   ${met ? "met" : "MISSED"}: ${row.higherIsBetter ? "≥" : "≤"} ${row.target} ${row.unit}`;
}
