import { sha256 } from "@/lib/platform/audit/signing";
import type { Db } from "@/lib/platform/db";
import { type HashedEvent, listHashedEvents } from "./store";

const batchSize = 5_000;

/** A place in the chain: an event's number and hash. The beginning is `{ seq: 0n, hash: "" }`. */
export interface Place {
  seq: bigint;
  hash: string;
}

export interface ChainBreak {
  seq: bigint;
  /** What tells: the hashes themselves, or a seal that covers another event. */
  by: "chain" | "seals";
  why: string;
}

export interface Walk {
  /** Events whose hash is right, up to the break if there is one. */
  checked: number;
  last: Place;
  broken: ChainBreak | null;
}

export interface WalkOptions {
  db?: Db;
  from?: Place;
  /** From this event on numbers have no gap; before, an earlier version left some. */
  gaplessFrom?: bigint | null;
  /** Sees every batch whose hashes are right; what it answers ends the walk. */
  onBatch?: (rows: readonly Place[]) => Promise<ChainBreak | null>;
}

/**
 * Computes the hashes of the audit chain again, in Node and so independently of the trigger that wrote them, and ends
 * at the first event that was changed, removed or inserted.
 */
export async function walkChain(options: WalkOptions = {}): Promise<Walk> {
  let last = options.from ?? { seq: 0n, hash: "" };
  let checked = 0;
  for (;;) {
    const rows = await listHashedEvents(last.seq, batchSize, options.db);
    for (const row of rows) {
      const why = problemOf(row, last, options.gaplessFrom ?? null);
      if (why) return { checked, last, broken: { seq: row.seq, by: "chain", why } };
      last = { seq: row.seq, hash: row.hash };
      checked += 1;
    }
    const broken = (await options.onBatch?.(rows)) ?? null;
    if (broken || rows.length < batchSize) return { checked, last, broken };
  }
}

function problemOf(row: HashedEvent, before: Place, gaplessFrom: bigint | null): string | null {
  if (row.prevHash !== before.hash) return "the event before it was changed, removed or inserted later";
  if (gaplessFrom !== null && before.seq >= gaplessFrom && row.seq !== before.seq + 1n)
    return "events before it are missing";
  const content = [row.prevHash, row.id, row.at.toISOString(), ...row.fields].join("\n");
  return sha256(content) === row.hash ? null : "its content was changed after it was written";
}
