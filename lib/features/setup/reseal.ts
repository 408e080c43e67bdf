import { sealAudit } from "@/lib/features/audit";
import { getSetting } from "@/lib/features/settings";
import { AppError } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { getSecretKey } from "@/lib/platform/config";
import { keyIdOf, SealError, seal, unseal } from "@/lib/platform/crypto";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { keySetting, keySettingKey } from "./key-check";
import { type SealedPlace, sealedPlaces } from "./sealed-places";
import { allowReseal, countSealedByOthers, lockSealedByOthers } from "./store";
import { writeSealed } from "./write-sealed.sql";

/** Rows are held this many at a time, for some milliseconds. */
const batchRows = 200;
/** Rows that others held meanwhile are met again; those who never let go are counted at the end. */
const mostRounds = 5;

export interface Resealed {
  /** Short name of the key everything is encrypted with now. */
  key: string;
  places: { what: string; changed: number }[];
  /** What another key still encrypts, by the short name of that key. */
  left: { what: string; key: string; texts: number }[];
}

/**
 * Encrypts everything again that another key than the first one encrypted, so that the other one can be dropped. Goes
 * through the tables in small transactions, each with its audit event: may be broken off and repeated, and Rostrum may run
 * meanwhile. What no key at hand opens is left as it is and counted.
 * @throws AppError conflict when Rostrum was not started with this key yet: it could not read what this would write
 */
export async function resealSecrets(actor: Actor): Promise<Resealed> {
  requirePermission(actor, "settings.manage", { what: "The key" });
  const key = keyIdOf(getSecretKey());
  const { id: inUse } = await getSetting(keySettingKey, keySetting, { id: null });
  if (inUse !== key) {
    throw new AppError(
      "conflict",
      `Rostrum runs with ${inUse ? `key ${inUse}` : "an unknown key"}, but the first key here is ${key}. Start Rostrum with the new key before the old one, then run this command again.`,
    );
  }
  const places: Resealed["places"] = [];
  for (const place of sealedPlaces)
    places.push({ what: place.what, changed: await resealPlace(actor, place, key) });
  // A seal of the new key covers what earlier keys sealed, so that verifying needs them no more.
  await sealAudit();
  return { key, places, left: await countLeft(key) };
}

async function resealPlace(actor: Actor, place: SealedPlace, key: string): Promise<number> {
  let changed = 0;
  for (let round = 0; round < mostRounds; round += 1) {
    const before = changed;
    let after = place.keys.map(() => "");
    for (;;) {
      const batch = await nextBatch(actor, place, key, after);
      changed += batch.changed;
      if (batch.last === null) break;
      after = batch.last;
    }
    if (changed === before) break;
  }
  return changed;
}

interface Batch {
  changed: number;
  /** The key of the last row; null when there was none. */
  last: string[] | null;
}

async function nextBatch(actor: Actor, place: SealedPlace, key: string, after: string[]): Promise<Batch> {
  return await inTransaction((tx) => resealBatch(tx, actor, place, key, after));
}

/** The next rows after a key, without those that others hold: no one waits for this with something in hand. */
async function resealBatch(
  tx: Tx,
  actor: Actor,
  place: SealedPlace,
  key: string,
  after: readonly string[],
): Promise<Batch> {
  const { keys } = place;
  const rows = await lockSealedByOthers(tx, place, { key, after, limit: batchRows });
  const keyOf = (row: Record<string, string>) => keys.map((name) => row[name] ?? "");
  const fresh = rows.flatMap((row) => {
    const opened = open(row.sealed ?? "", place.context(row));
    return opened === null ? [] : [[...keyOf(row), seal(opened, place.context(row))]];
  });
  if (fresh.length > 0) {
    await allowReseal(tx);
    await writeSealed(tx, place, fresh);
    await recordAudit(tx, {
      actor,
      action: "key.reencrypt",
      objectType: "organization",
      objectId: "key",
      detail: { what: place.what, changed: fresh.length, inUse: key },
    });
  }
  const last = rows.at(-1);
  return { changed: fresh.length, last: last ? keyOf(last) : null };
}

/** Null for what no key at hand opens: it stays as it is, for the operator who finds the key. */
function open(sealed: string, context: string): string | null {
  try {
    return unseal(sealed, context);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

async function countLeft(key: string): Promise<Resealed["left"]> {
  const left: Resealed["left"] = [];
  for (const place of sealedPlaces) {
    const rows = await countSealedByOthers(place, key);
    left.push(...rows.map((row) => ({ what: place.what, ...row })));
  }
  return left;
}
