import { sql } from "kysely";
import { rowOf, rowsOf, statements, type Tx } from "@/lib/platform/db";
import type { SealedPlace } from "./sealed-places";

/** A row of any place: its columns are those the place names. */
type PlaceRow = Record<string, string>;

const rowsIn = ({ table }: SealedPlace) =>
  statements.selectFrom(sql<PlaceRow>`${sql.table(table)}`.as("place"));

/** Text that another key than this one encrypted. */
const ofOtherKey = ({ sealed }: SealedPlace, key: string) =>
  sql<boolean>`(${sql.raw(sealed)} IS NOT NULL AND split_part(${sql.raw(sealed)}, '.', 2) <> ${key})`;

/**
 * Locks the next rows of a place, by its keys, that another key than this one encrypted, and answers their columns with
 * the text as `sealed`. Rows that others hold are left out.
 * @param after the keys of the last row before
 */
export async function lockSealedByOthers(
  tx: Tx,
  place: SealedPlace,
  { key, after, limit }: { key: string; after: readonly string[]; limit: number },
): Promise<PlaceRow[]> {
  const keys = sql.join(place.keys.map((name) => sql.ref(name)));
  const next = rowsIn(place)
    .select([...place.keys, ...(place.also ?? [])])
    .select(sql<string>`${sql.raw(place.sealed)}`.as("sealed"))
    .where(ofOtherKey(place, key))
    .where(sql<boolean>`(${keys}) > (${sql.join(after)})`)
    .orderBy(keys)
    .limit(sql.lit(limit))
    .forNoKeyUpdate()
    .skipLocked();
  return await rowsOf(next, tx);
}

/** How many texts of a place each other key encrypted, by the key's short name. */
export async function countSealedByOthers(
  place: SealedPlace,
  key: string,
): Promise<{ key: string; texts: number }[]> {
  const other = sql<string>`split_part(${sql.raw(place.sealed)}, '.', 2)`;
  const counted = rowsIn(place)
    .select(other.as("key"))
    .select((eb) => eb.cast<number>(eb.fn.countAll(), "integer").as("texts"))
    .where(ofOtherKey(place, key))
    .groupBy(sql`1`)
    .orderBy(sql`1`);
  return await rowsOf(counted);
}

/** Lets this transaction replace sealed texts in rows that never change otherwise. */
export async function allowReseal(tx: Tx): Promise<void> {
  const reseal = statements.selectNoFrom((eb) =>
    eb.fn<string>("set_config", [eb.val("rostrum.reseal"), eb.val("on"), sql.lit(true)]).as("reseal"),
  );
  await rowOf(reseal, tx);
}
