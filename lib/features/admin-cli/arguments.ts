import { type ParseArgsConfig, parseArgs } from "node:util";
import type { AppError } from "@/lib/kernel/errors";

/** A command line that cannot be understood; answered with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export type Flags = Record<string, string | boolean | undefined>;

/**
 * `--name value` options of a command; nothing else is accepted.
 * @throws UsageError naming what is wrong
 */
export function readFlags(argv: string[], names: readonly string[], switches: readonly string[] = []): Flags {
  const options: NonNullable<ParseArgsConfig["options"]> = {};
  for (const name of names) options[name] = { type: "string" };
  for (const name of switches) options[name] = { type: "boolean" };
  try {
    return parseArgs({ args: argv, options, allowPositionals: false, strict: true }).values as Flags;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The value of an option that must be there. @throws UsageError */
export function need(flags: Flags, name: string): string {
  const value = flags[name];
  if (typeof value !== "string" || value === "") throw new UsageError(`--${name} is missing.`);
  return value;
}

export function optional(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
}

/** Error lines for the terminal: the sentence, then one line per wrong value. */
export function errorLines(error: AppError): string[] {
  const lines = [error.message];
  if (error.problems.length > 1) {
    lines.push(...error.problems.map((problem) => `  ${problem.path}: ${problem.message}`));
  }
  return lines;
}

/** Rows as aligned columns. */
export function table(header: string[], rows: string[][]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
