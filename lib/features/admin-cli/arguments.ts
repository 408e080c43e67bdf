import { escapeLine } from "@/lib/kernel/text";
import type { AdminInput } from "@/lib/platform/command-line";

/** The value of an option that may be left out. */
export function optionOf(input: AdminInput, name: string): string | undefined {
  const value = input.values[name];
  return typeof value === "string" ? value : undefined;
}

/** Rows as aligned columns. */
export function table(header: string[], rows: string[][]): string {
  // A cell is one line, whatever was stored before names had to be.
  const all = [header, ...rows].map((row) => row.map(escapeLine));
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const line = (row: string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return all.map((row) => line(row).trimEnd()).join("\n");
}
