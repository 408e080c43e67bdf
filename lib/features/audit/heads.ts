import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { type Head, type Seal, sha256, signHead } from "@/lib/platform/audit/signing";
import { getConfig } from "@/lib/platform/config";

const headSchema = z.object({
  time: z.iso.datetime(),
  sequence: z.number().int(),
  hash: z.string(),
  seal: z.number().int(),
  sealMac: z.string(),
  keyId: z.string(),
  prev: z.string(),
  mac: z.string(),
});

/** One line of the file; `head` is null for one that cannot be read. */
export interface HeadLine {
  number: number;
  text: string;
  head: Head | null;
}

/** Where the heads of the audit chain are kept, outside the database. */
export function headsFile(): string {
  return join(getConfig().dataDir, "audit", "heads.log");
}

/** All lines of the file, oldest first; none when there is no file. */
export function readHeads(file = headsFile()): HeadLine[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((text, index) => {
    if (text === "") return [];
    return [{ number: index + 1, text, head: parseHead(text) }];
  });
}

/** The newest readable head of the file. */
export function findLastHead(): Head | null {
  return readHeads().findLast((line) => line.head !== null)?.head ?? null;
}

/**
 * Adds the head that a seal stands for to the file (folder 0700, file 0600), signed and chained to the line before.
 * @throws Error of the file system: nothing is written then
 */
export function appendHead(seal: Seal, at = new Date()): Head {
  const file = headsFile();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const lines = readHeads(file);
  const before = lines.findLast((line) => line.head !== null);
  const head = signHead({
    time: at.toISOString(),
    sequence: Number(seal.eventSeq),
    hash: seal.eventHash,
    seal: Number(seal.number),
    sealMac: seal.mac,
    prev: before ? sha256(before.text) : "",
  });
  // A line that a full disk or a crash cut off must not take the next one with it.
  const torn = existsSync(file) && !/(^|\n)$/.test(readFileSync(file, "utf8"));
  appendFileSync(file, `${torn ? "\n" : ""}${JSON.stringify(head)}\n`, { mode: 0o600, flush: true });
  chmodSync(file, 0o600);
  return head;
}

function parseHead(text: string): Head | null {
  try {
    const parsed = headSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    // Not JSON: a line that was cut off. It says nothing; the next line's `prev` tells whether anything is missing.
    return null;
  }
}
