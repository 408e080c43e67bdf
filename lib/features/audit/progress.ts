import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { canonicalJson } from "@/lib/kernel/canonical";
import { judgeAuditText, signAuditText } from "@/lib/platform/audit/signing";
import { findLastHead, headsFile, readHeads } from "./heads";
import { findChainEnd } from "./store-seals";

const deliverySchema = z.object({
  /** Time of the newest head that was sent. */
  sentUntil: z.iso.datetime().nullable(),
  /** Newest event that was sent. */
  sentSeq: z.number().int(),
  lastOkAt: z.string().nullable(),
  failingSince: z.string().nullable(),
  error: z.string().nullable(),
  /** When everything was last sent again because the progress could not be trusted, and why. */
  resent: z.object({ at: z.iso.datetime(), why: z.string() }).nullable(),
});
export type Delivery = z.output<typeof deliverySchema>;

const fileSchema = z.object({
  sinks: z.record(z.string(), deliverySchema),
  keyId: z.string(),
  mac: z.string(),
});

export const nothingSent: Delivery = {
  sentUntil: null,
  sentSeq: 0,
  lastOkAt: null,
  failingSince: null,
  error: null,
  resent: null,
};

/** How far each sink is, by its name, and what is wrong with that: then it counts for nothing. */
export interface Progress {
  sinks: Record<string, Delivery>;
  problem: string | null;
}

/**
 * Where it is kept how far sinks are: beside the heads and signed as they are. In the database a user with the role of
 * the application could write that everything was sent.
 */
export function progressFile(): string {
  return join(dirname(headsFile()), "delivery.json");
}

/** Reads how far sinks are and compares it with the newest head and event. */
export async function readProgress(): Promise<Progress> {
  const file = progressFile();
  // Of the first head nothing can have been sent.
  if (!existsSync(file)) {
    const missing = readHeads().length > 1 ? `${file} is missing` : null;
    return { sinks: {}, problem: missing };
  }
  const parsed = parse(readFileSync(file, "utf8"));
  if (!parsed) return { sinks: {}, problem: `${file} can’t be read` };
  const { sinks, ...signed } = parsed;
  const verdict = judgeAuditText(signedText(sinks), signed);
  if (verdict === "forged") return { sinks: {}, problem: `${file} was altered` };
  if (verdict === "unknown key")
    return { sinks: {}, problem: `${file} was signed with key ${signed.keyId}, which is not configured` };
  const ahead = await findAhead(Object.values(sinks));
  return ahead ? { sinks: {}, problem: `${file} names ${ahead}` } : { sinks, problem: null };
}

/** Writes how far sinks are, signed: whole or not at all (folder 0700, file 0600). */
export function writeProgress(sinks: Record<string, Delivery>): void {
  const file = progressFile();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const text = JSON.stringify({ sinks, ...signAuditText(signedText(sinks)) });
  writeFileSync(`${file}.new`, `${text}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}

/** What was sent by it although it does not exist: nothing later would ever be sent. */
async function findAhead(sinks: readonly Delivery[]): Promise<string | null> {
  const lastHead = findLastHead()?.time ?? "";
  const lastSeq = Number((await findChainEnd())?.seq ?? 0n);
  for (const { sentUntil, sentSeq } of sinks) {
    if (sentUntil !== null && sentUntil > lastHead)
      return `a head of ${sentUntil}, which is not in the file of heads`;
    if (sentSeq > lastSeq) return `event ${sentSeq}, which does not exist`;
  }
  return null;
}

function signedText(sinks: Record<string, Delivery>): string {
  return `rostrum audit delivery v1\n${canonicalJson(sinks)}`;
}

function parse(text: string): z.output<typeof fileSchema> | null {
  try {
    const parsed = fileSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    // Not JSON: cut off or overwritten, which the caller reports.
    return null;
  }
}
