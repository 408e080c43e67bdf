import { DriverError, type ExecResult } from "./contract";

const keptLines = 3;
const keptCharacters = 500;

/** What shells and engines answer for a program that isn't there or can't be run (POSIX 2.8.2). */
const couldNotRun = new Set([126, 127]);

/**
 * The error of a command that ended badly in a component: its program, exit code and last words. Mask `said` first; it is
 * cut here, and half a secret would not be recognized.
 */
export function commandFailure(
  component: string,
  command: readonly string[],
  { exitCode }: Pick<ExecResult, "exitCode">,
  said: string,
  hint?: string,
): DriverError {
  const program = command[0] ?? "The command";
  const why = said.trim().split("\n").slice(-keptLines).join(" ").slice(0, keptCharacters);
  const meaning = couldNotRun.has(exitCode)
    ? ` (${program}, or a program that it calls, is missing or not executable in ${component})`
    : "";
  return new DriverError(
    "permanent",
    `${program} exited with code ${exitCode}${meaning}${why && `: ${why}`}.`,
    hint ? { hint } : {},
  );
}
