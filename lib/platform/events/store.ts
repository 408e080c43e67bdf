import { sql } from "kysely";
import {
  ago,
  anyOf,
  compiledOnce,
  type Db,
  isPlacedAt,
  rowOf,
  rowPlace,
  rowsOf,
  statements,
  writtenBy,
} from "../db";

export interface EventRow {
  id: bigint;
  topic: string;
  kind: string;
  payload: Record<string, unknown>;
  at: Date;
}

const replayLimit = 1_000;
/** An id may become visible this long after higher ones: as long as a transaction may take. */
const overlap = sql`interval '30 seconds'`;
const overlapIds = 1_000n;

/** Adds an event. */
export async function insertEvent(
  db: Db,
  topic: string,
  kind: string,
  payload: Record<string, unknown>,
): Promise<void> {
  await writtenBy(oneEvent({ topic, kind, payload: JSON.stringify(payload) }), db);
}

const oneEvent = compiledOnce((event: { topic: string; kind: string; payload: string }) =>
  statements.insertInto("event").values({ topic: event.topic, kind: event.kind, payload: event.payload }),
);

/** Adds events in their order, by one statement whose text is the same for any number of them. */
export async function insertEvents(
  db: Db,
  events: readonly { topic: string; kind: string; payload?: Record<string, unknown> }[],
): Promise<void> {
  const insert = manyEvents({
    topics: events.map((event) => event.topic),
    kinds: events.map((event) => event.kind),
    payloads: events.map((event) => JSON.stringify(event.payload ?? {})),
  });
  await writtenBy(insert, db);
}

interface EventLists extends Record<string, unknown> {
  topics: readonly string[];
  kinds: readonly string[];
  payloads: readonly string[];
}

const manyEvents = compiledOnce(({ topics, kinds, payloads }: EventLists) => {
  const lists = sql<{ topic: string; kind: string; payload: string }>`unnest(
    ${topics}::text[], ${kinds}::text[], ${payloads}::text[])`;
  return statements
    .insertInto("event")
    .columns(["topic", "kind", "payload"])
    .expression(
      statements
        .selectFrom(lists.as<"e">(sql`e(topic, kind, payload)`))
        .select(["e.topic", "e.kind", sql<unknown>`e.payload::jsonb`.as("payload")]),
    );
});

/** The highest id that can be seen; zero when there is no event. */
export async function findNewestEventId(): Promise<bigint> {
  const row = await rowOf(statements.selectFrom("event").select((eb) => eb.fn.max("id").as("id")));
  return row?.id ?? 0n;
}

const columns = statements
  .selectFrom("event")
  .select((eb) => [
    "id",
    "topic",
    "kind",
    eb.ref("payload").$castTo<Record<string, unknown>>().as("payload"),
    "at",
  ])
  .orderBy("id");

/** Events by id, oldest first; what is missing is gone. */
export async function listEventsById(ids: readonly string[]): Promise<EventRow[]> {
  return await rowsOf(byIds({ ids }));
}

const byIds = compiledOnce(({ ids }: { ids: readonly string[] }) =>
  columns.where("id", "=", sql<bigint>`any(${ids}::bigint[])`),
);

/**
 * Events of the topics after an id, oldest first, at most 1,000. Ids are handed out before commit, so the window
 * overlaps a little: recent events before the id come again rather than be lost.
 */
export async function listEventsAfter(topics: readonly string[], lastId: bigint): Promise<EventRow[]> {
  const after = columns
    .where("topic", "=", anyOf(topics))
    .where((eb) => {
      const seen = eb.selectFrom("event").select("at").where("id", "=", lastId);
      const late = eb.and([
        eb("id", ">", lastId - overlapIds),
        eb("id", "<>", lastId),
        eb("at", ">", sql<Date>`coalesce(${seen}, now()) - ${overlap}`),
      ]);
      return eb.or([eb("id", ">", lastId), late]);
    })
    .limit(replayLimit);
  return await rowsOf(after);
}

/** Deletes up to so many events that are older than an hour; answers how many. */
export async function deleteOldEvents(limit: number): Promise<number> {
  const old = statements.selectFrom("event").select(rowPlace).where("at", "<", ago("1 hour"));
  return await writtenBy(statements.deleteFrom("event").where(isPlacedAt(old.limit(sql.lit(limit)))));
}
