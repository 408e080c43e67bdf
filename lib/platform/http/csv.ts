/**
 * Rows as CSV (RFC 4180) with a header of the given columns, else of every key met. Nested values are JSON. A text that
 * a spreadsheet would take for a formula gets an apostrophe in front; one that would be two cells where semicolons or
 * tabs separate them is quoted.
 */
export function toCsv(rows: readonly object[], columns?: readonly string[]): string {
  const names = columns ?? [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [names.map(cell).join(",")];
  for (const row of rows) {
    const record = row as Record<string, unknown>;
    lines.push(names.map((name) => cell(record[name])).join(","));
  }
  return `${lines.join("\r\n")}\r\n`;
}

/** Rows as a CSV download. */
export function csvResponse(
  rows: readonly object[],
  filename: string,
  columns?: readonly string[],
): Response {
  return new Response(toCsv(rows, columns), {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${filename.replaceAll(/[^\w.-]/g, "-")}.csv"`,
      "cache-control": "no-store",
    },
  });
}

/**
 * What spreadsheets read as a formula: also behind spaces and line breaks, which they trim, and with the full-width
 * signs, which some of them turn into the common ones.
 */
const formula = /^(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/u;

function cell(value: unknown): string {
  const text = textOf(value);
  const safe = typeof value === "string" && formula.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
