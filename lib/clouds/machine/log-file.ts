import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogLine } from "../contract";

const tailBytes = 1024 * 1024;
const maxLogBytes = 32 * 1024 * 1024;
const keptBytes = 4 * 1024 * 1024;
const longestPiece = 64 * 1024;

/** The last lines of a file, at most 1 MiB of it; none when there is no file. */
export function tailText(path: string, lines: number): string[] {
  return readTail(path, lines).lines;
}

function readTail(path: string, lines: number): { lines: string[]; size: number } {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { lines: [], size: 0 };
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, tailBytes));
    const bytes = readSync(file, buffer, 0, buffer.length, size - buffer.length);
    const all = buffer.subarray(0, bytes).toString("utf8").split("\n");
    if (bytes < size) all.shift();
    if (all.at(-1) === "") all.pop();
    return { lines: lines > 0 ? all.slice(-lines) : [], size };
  } finally {
    closeSync(file);
  }
}

/**
 * Lines of a component's log. Processes write both their streams to one file directly, so order is kept but not which
 * stream a line came by, nor when: `at` is null for old lines and the time of reading for new ones.
 */
export async function* readLog(
  path: string,
  options: { tailLines: number; follow: boolean; signal: AbortSignal },
): AsyncGenerator<LogLine> {
  const tail = readTail(path, options.tailLines);
  for (const text of tail.lines) yield { at: null, stream: "stdout", text };
  if (!options.follow) return;
  let position = tail.size;
  let rest = "";
  // A character may be cut by the end of what was read.
  const decoder = new StringDecoder("utf8");
  while (!options.signal.aborted) {
    const fresh = await readFrom(path, position);
    if (fresh === null) return;
    // A smaller file was truncated by housekeeping: go on from its new start.
    position = fresh.position;
    const lines = (rest + decoder.write(fresh.bytes)).split("\n");
    rest = lines.pop() ?? "";
    const at = new Date();
    for (const text of lines) yield { at, stream: "stdout", text };
    // A line without an end comes in pieces, cut between words.
    if (rest.length > longestPiece) {
      const cut = rest.lastIndexOf(" ") + 1 || rest.length;
      yield { at, stream: "stdout", text: rest.slice(0, cut) };
      rest = rest.slice(cut);
    }
    if (fresh.bytes.length === 0)
      await sleep(250, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

async function readFrom(path: string, position: number): Promise<{ bytes: Buffer; position: number } | null> {
  try {
    const { size } = await stat(path);
    const from = size < position ? 0 : position;
    if (size === from) return { bytes: Buffer.alloc(0), position: from };
    const file = await open(path, "r");
    try {
      const buffer = Buffer.alloc(Math.min(size - from, tailBytes));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
      return { bytes: buffer.subarray(0, bytesRead), position: from + bytesRead };
    } finally {
      await file.close();
    }
  } catch (error) {
    // The component was removed.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Keeps the end of a log that has grown too large. Writers append, so they go on at the new end. */
export function boundLog(path: string): void {
  let file: number;
  try {
    file = openSync(path, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    if (size <= maxLogBytes) return;
    const kept = Buffer.alloc(keptBytes);
    const bytes = readSync(file, kept, 0, keptBytes, size - keptBytes);
    ftruncateSync(file, 0);
    const start = kept.indexOf("\n") + 1;
    writeSync(file, kept, start, bytes - start, 0);
  } finally {
    closeSync(file);
  }
}
