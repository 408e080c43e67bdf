import { pino } from "pino";
import { log } from "@/lib/platform/log";

type Stream = { write(line: string): unknown };

/** What the log of this process writes while `work` runs, line by line, as it would stand on standard output. */
export async function linesLoggedBy(work: () => unknown): Promise<string[]> {
  const logger = log as unknown as Record<symbol, Stream>;
  const stream = logger[pino.symbols.streamSym];
  if (!stream) throw new Error("The log has no stream.");
  const lines: string[] = [];
  const { level } = log;
  const write = stream.write;
  stream.write = (line) => lines.push(line);
  log.level = "info";
  try {
    await work();
  } finally {
    stream.write = write;
    log.level = level;
  }
  return lines;
}
