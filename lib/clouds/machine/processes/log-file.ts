import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogLine } from "../../contract";

const tailBytes = 1024 * 1024;
const maxLogBytes = 32 * 1024 * 1024;
const keptBytes = 4 * 1024 * 1024;
const longestPiece = 64 * 1024;

/**
 * The last lines of a file, at most 1 MiB of it; none when there is no file. Of one line that is longer the end is shown,
 * cut between words.
 */
export function tailText(path: string, lines: number): string[] {
  const { whole, open } = readTail(path);
  const all = open === "" ? whole : [...whole, open];
  return lines > 0 ? all.slice(-lines) : [];
}

interface Tail {
  /** Lines that have an end. */
  whole: string[];
  /** What stands behind the last of them; "" for nothing. */
  open: string;
  /** Where the open line begins in the file, so that it can be read again once it is whole. */
  openAt: number;
}

function readTail(path: string): Tail {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { whole: [], open: "", openAt: 0 };
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    const { bytes, isWhole, isPlain } = readEnd(file, tailBytes);
    const end = bytes.lastIndexOf("\n") + 1;
    const whole = bytes.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
    const last = bytes.subarray(end);
    // The first one has no beginning: shown only when it is all there is.
    if (!isWhole && whole.length === 1 && last.length === 0) whole[0] = endOf(whole[0] ?? "");
    else if (!isWhole) whole.shift();
    const isCut = !isWhole && end === 0;
    const open = last.length > longestPiece || isCut ? endOf(last.toString("utf8")) : last.toString("utf8");
    // Where in the file a line begins is known only while there are no holes. One that is too long is not read twice.
    const again = isPlain && !isCut && last.length <= longestPiece;
    return { whole, open, openAt: again ? size - last.length : size };
  } finally {
    closeSync(file);
  }
}

/** The end of a text whose beginning was cut off, from between two words: half a secret would not be recognized as one. */
function endOf(text: string): string {
  const end = text.slice(-longestPiece);
  const at = end.search(/\s/);
  return at < 0 ? "… (word too long to show)" : `…${end.slice(at)}`;
}

/**
 * The last bytes of a log, at most so many. A process may lengthen its log without writing, up to the largest file there
 * is: such a hole holds nothing, and what was written before it is read as if it stood right before what came after.
 */
function readEnd(file: number, most: number): { bytes: Buffer; isWhole: boolean; isPlain: boolean } {
  const stats = fstatSync(file);
  const { size } = stats;
  const written = Math.min(size, writtenBytes(stats));
  const end = readAt(file, Math.max(0, size - most), Math.min(size, most));
  if (size - written <= most) {
    const bytes = withoutHoles(end);
    return { bytes, isWhole: size <= most, isPlain: bytes === end };
  }
  const before = readAt(file, Math.max(0, written - most), Math.min(written, most));
  const all = withoutHoles(Buffer.concat([before, end]));
  return { bytes: all.subarray(-most), isWhole: written <= most && all.length <= most, isPlain: false };
}

function readAt(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(file, buffer, 0, length, position));
}

/** A hole reads as zeros, which no text has. */
function withoutHoles(bytes: Buffer): Buffer {
  return bytes.includes(0) ? Buffer.from(bytes.filter((byte) => byte !== 0)) : bytes;
}

/** Space that was written of a file, bytes; its size may be anything. */
export function writtenBytes({ blocks }: { blocks: number }): number {
  return blocks * 512;
}

/**
 * Lines of a component's log. Processes write both their streams to one file directly, so order is kept but not which
 * stream a line came by, nor when: `at` is null for old lines and the time of reading for new ones.
 */
export async function* readLog(
  path: string,
  options: { tailLines: number; follow: boolean; signal: AbortSignal },
): AsyncGenerator<LogLine> {
  const { follow, tailLines } = options;
  const { whole, open, openAt } = readTail(path);
  // A line that has no end yet is read again from its beginning, unless no one waits for its end.
  const past = follow || open === "" ? whole : [...whole, open];
  for (const text of tailLines > 0 ? past.slice(-tailLines) : []) yield { at: null, stream: "stdout", text };
  if (!follow) return;
  let position = openAt;
  let rest = "";
  // A character may be cut by the end of what was read.
  let decoder = new StringDecoder("utf8");
  while (!options.signal.aborted) {
    const fresh = await readFrom(path, position);
    if (fresh === null) return;
    // A smaller file was truncated by housekeeping: continue from its new start, where no line continues.
    if (fresh.position < position) {
      rest = "";
      decoder = new StringDecoder("utf8");
    }
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
    const stats = await stat(path);
    const { size } = stats;
    const next = size < position ? 0 : position;
    // More than was written is a hole, which is passed over.
    const from = size - next > writtenBytes(stats) + tailBytes ? size - tailBytes : next;
    if (size === from) return { bytes: Buffer.alloc(0), position: from };
    const file = await open(path, "r");
    try {
      const buffer = Buffer.alloc(Math.min(size - from, tailBytes));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
      return { bytes: withoutHoles(buffer.subarray(0, bytesRead)), position: from + bytesRead };
    } finally {
      await file.close();
    }
  } catch (error) {
    // The component was removed.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Keeps the end of a log that has grown too large. Writers append, so they continue at the new end. */
export function boundLog(path: string): void {
  let file: number;
  try {
    file = openSync(path, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  try {
    if (fstatSync(file).size <= maxLogBytes) return;
    const { bytes, isWhole } = readEnd(file, keptBytes);
    ftruncateSync(file, 0);
    const start = isWhole ? 0 : bytes.indexOf("\n") + 1;
    writeSync(file, bytes, start, bytes.length - start, 0);
  } finally {
    closeSync(file);
  }
}
