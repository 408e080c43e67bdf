import { type LoggerOptions, pino } from "pino";
import { escapeLine } from "@/lib/kernel/text";
import { getConfig } from "../config";
import { maskKnown } from "../masking";
import { withSourcePositions } from "./source-positions";

const secretNames = [
  "password",
  "passwordHash",
  "secret",
  "clientSecret",
  "secrets",
  "token",
  "accessToken",
  "authorization",
  "cookie",
  "credentials",
  "key",
  "databaseUrl",
  "databaseOwnerUrl",
  "redisUrl",
];

const redactPaths = [
  ...secretNames,
  ...secretNames.map((name) => `*.${name}`),
  ...secretNames.map((name) => `*.*.${name}`),
  'headers["set-cookie"]',
  '*.headers["set-cookie"]',
];

/** An error as it is logged. The database's driver hangs the whole connection on some of its errors. */
export function loggedError(error: unknown): unknown {
  const serialized: object = pino.stdSerializers.err(error as Error);
  if (serialized === error) return error;
  const { client: _, ...written } = serialized as Record<string, unknown>;
  return typeof written.stack === "string"
    ? { ...written, stack: withSourcePositions(written.stack) }
    : written;
}

/**
 * A line of JSON whose texts move no terminal that shows it: control and invisible characters stand as JSON escapes. What
 * is printed prettily is read out of the JSON first, so there the escapes themselves are escaped.
 */
export function safeLine(line: string, pretty: boolean): string {
  const safe = escapeLine(line.replace(/\n$/, ""));
  if (!pretty) return `${safe}\n`;
  // Escapes are read from the left, so that the backslash of "\\u" is not taken for the beginning of one.
  return `${safe.replace(/\\(?:u[0-9a-f]{4}|.)/gi, (one) => (/^\\[ubfr]/.test(one) ? `\\${one}` : one))}\n`;
}

/** Lines that wait for room while standard output cannot be written; what comes beyond is lost. */
const waitingBytes = 1 << 20;

/** Standard output for a log that ends no one: a full disk or a closed pipe costs lines, not the process. */
function lastingOutput() {
  const output = pino.destination({ fd: 1, sync: true, maxLength: waitingBytes });
  output.on("error", () => {
    // Where could it be told? The next line is tried again.
  });
  return output;
}

/** Keeps what others print with `console` from ending the process when standard output cannot be written. */
export function outliveOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}

const { logPretty } = getConfig();
const options: LoggerOptions = {
  level: getConfig().logLevel,
  base: { pid: process.pid },
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: { paths: redactPaths, censor: "[redacted]" },
  serializers: { err: loggedError },
  formatters: { level: (label) => ({ level: label }) },
  hooks: { streamWrite: (line) => safeLine(maskKnown(line), logPretty) },
};

/**
 * The log of this process: JSON lines on standard output. Secrets are taken out by the names they stand under, and those
 * of environments and clouds that this process works with by their values, wherever in a line they are.
 */
export const log = logPretty
  ? pino({ ...options, transport: { target: "pino-pretty" } })
  : pino(options, lastingOutput());

export type Log = typeof log;

/** A log whose every line names the part of Rostrum that wrote it. */
export function moduleLog(module: string): Log {
  return log.child({ module }) as Log;
}
