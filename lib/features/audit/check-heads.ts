import { type Head, judgeHead, sha256 } from "@/lib/platform/audit/signing";
import type { Db, Tx } from "@/lib/platform/db";
import { type HeadLine, readHeads } from "./heads";
import { findPlaces, findSeals } from "./store-seals";

const batchSize = 1_000;

export interface HeadCheck {
  count: number;
  last: Head | null;
  /** Lines that cannot be read: cut off by a crash or a full disk. */
  unreadable: number;
  problem: { seq: bigint; message: string } | null;
}

/** Follows the file of heads as `checkSeals` follows seals, and compares each head with the database. */
export async function checkHeads(tx: Tx): Promise<HeadCheck> {
  const lines = readHeads();
  const heads = lines.flatMap(({ head }) => (head ? [head] : []));
  const check: HeadCheck = {
    count: heads.length,
    last: heads.at(-1) ?? null,
    unreadable: lines.length - heads.length,
    problem: problemOfFile(lines),
  };
  if (check.problem) return check;
  for (let start = 0; start < heads.length && !check.problem; start += batchSize) {
    check.problem = await contradictionOf(heads.slice(start, start + batchSize), tx);
  }
  return check;
}

/** The first head that the database contradicts; null when all agree. */
export async function contradictionOf(heads: readonly Head[], db?: Db): Promise<HeadCheck["problem"]> {
  const events = await findPlaces(
    heads.map((head) => BigInt(head.sequence)),
    db,
  );
  const seals = await findSeals(
    heads.map((head) => BigInt(head.seal)),
    db,
  );
  const hashes = new Map(events.map((event) => [Number(event.seq), event.hash]));
  const macs = new Map(seals.map((seal) => [Number(seal.number), seal.mac]));
  for (const head of heads) {
    const message = disagreement(head, hashes.get(head.sequence), macs.get(head.seal));
    if (message) return { seq: BigInt(head.sequence), message };
  }
  return null;
}

function disagreement(head: Head, hash: string | undefined, mac: string | undefined): string | null {
  const name = `The head of ${head.time}`;
  if (hash === undefined)
    return `${name} names event ${head.sequence}, which is missing: events were removed`;
  if (hash !== head.hash)
    return `${name} names event ${head.sequence} with another hash: events were rewritten`;
  if (mac !== head.sealMac) return `${name} names seal ${head.seal}, which is missing or was replaced`;
  return null;
}

function problemOfFile(lines: readonly HeadLine[]): HeadCheck["problem"] {
  let before: HeadLine | null = null;
  let unknown: HeadLine | null = null;
  for (const line of lines) {
    if (!line.head) continue;
    const seq = BigInt(line.head.sequence);
    const verdict = judgeHead(line.head);
    if (verdict === "forged") return { seq, message: `Line ${line.number} was altered` };
    if (line.head.prev !== (before ? sha256(before.text) : ""))
      return { seq, message: `Lines before line ${line.number} were altered or removed` };
    unknown = verdict === "unknown key" ? (unknown ?? line) : null;
    before = line;
  }
  if (!unknown?.head) return null;
  const message = `Line ${unknown.number} and later were signed with key ${unknown.head.keyId}, which is not configured`;
  return { seq: BigInt(unknown.head.sequence), message };
}
