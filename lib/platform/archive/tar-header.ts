import { ArchiveError } from "./limits";

export const blockBytes = 512;

export interface TarHeader {
  name: string;
  type: string;
  mode: number;
  size: number;
  linkName: string;
}

/** One header block (POSIX ustar, or GNU with its long numbers). @throws ArchiveError when it is none */
export function parseHeader(block: Buffer): TarHeader {
  const magic = block.toString("latin1", 257, 263);
  if (!magic.startsWith("ustar") || numberAt(block, 148, 8) !== checksum(block)) throw damaged();
  const name = textAt(block, 0, 100);
  // In GNU's format other things stand where ustar has the prefix.
  const prefix = magic === "ustar\0" ? textAt(block, 345, 155) : "";
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    type: block[156] === 0 ? "0" : String.fromCharCode(block[156] ?? 0),
    mode: numberAt(block, 100, 8),
    size: numberAt(block, 124, 12),
    linkName: textAt(block, 157, 100),
  };
}

/** The records of a pax header: "length key=value\n". @throws ArchiveError */
export function parsePax(content: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const length = Number(content.toString("latin1", at, Math.max(at, Math.min(space, at + 10))));
    if (space < 0 || !Number.isInteger(length) || length < 5 || at + length > content.length) throw damaged();
    const record = content.toString("utf8", space + 1, at + length - 1);
    const equals = record.indexOf("=");
    if (equals < 1 || content[at + length - 1] !== 0x0a) throw damaged();
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

export function damaged(): ArchiveError {
  return new ArchiveError("The archive is damaged.");
}

export function textAt(block: Buffer, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end < 0 ? length : end);
}

/** Octal digits, or with the highest bit set a number in base 256. */
function numberAt(block: Buffer, at: number, length: number): number {
  const first = block[at] ?? 0;
  if (first & 0x80) {
    let value = first & 0x3f;
    for (let index = 1; index < length; index += 1) value = value * 256 + (block[at + index] ?? 0);
    if (first & 0x40 || !Number.isSafeInteger(value)) throw damaged();
    return value;
  }
  const digits = block
    .toString("latin1", at, at + length)
    .replace(/[\0 ]+$/, "")
    .trimStart();
  if (!/^[0-7]*$/.test(digits)) throw damaged();
  return digits === "" ? 0 : Number.parseInt(digits, 8);
}

/** Sum of all bytes, those of the sum itself taken as spaces. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let index = 0; index < blockBytes; index += 1) {
    if (index < 148 || index >= 156) sum += block[index] ?? 0;
  }
  return sum;
}
