import { sql } from "kysely";
import { anyOf, type Db, rowOf, rowsOf, statements, type Tx } from "@/lib/platform/db";
import type { AuditEventDto, AuditFilter } from "./schema";

/** An event as readers see it. */
export interface StoredEvent extends Omit<AuditEventDto, "seq" | "at"> {
  seq: bigint;
  at: Date;
}

const events = statements
  .selectFrom("audit_event")
  .select(["seq", "id", "at", "actor_id as actorId", "actor_label as actor"])
  .select((eb) => eb.ref("via").$castTo<StoredEvent["via"]>().as("via"))
  .select(["action", "object_type as objectType", "object_id as objectId", "project_id as projectId"])
  .select((eb) => [
    eb.ref("outcome").$castTo<StoredEvent["outcome"]>().as("outcome"),
    eb.ref("detail").$castTo<StoredEvent["detail"]>().as("detail"),
  ])
  .select(["request_id as requestId", "ip", "hash"]);

interface ListedEvents extends AuditFilter {
  /** Ids of the projects a reader may see; "all" includes what belongs to no project. */
  visible: readonly string[] | "all";
  /** The number of the event before which the page begins; null for the newest. */
  before: number | null;
  limit: number;
}

/** Events that fit a filter, newest first. */
export async function listStoredEvents(filter: ListedEvents): Promise<StoredEvent[]> {
  const { visible, before, action, from, to, q } = filter;
  let listed = events.orderBy("seq", "desc").limit(filter.limit);
  if (before !== null) listed = listed.where("seq", "<", BigInt(before));
  if (visible !== "all") listed = listed.where("project_id", "=", anyOf(visible));
  if (action?.endsWith("."))
    listed = listed.where((eb) => eb.fn<boolean>("starts_with", ["action", eb.val(action)]));
  else if (action !== undefined) listed = listed.where("action", "=", action);
  if (filter.actorId !== undefined) listed = listed.where("actor_id", "=", filter.actorId);
  if (filter.objectType !== undefined) listed = listed.where("object_type", "=", filter.objectType);
  if (filter.objectId !== undefined) listed = listed.where("object_id", "=", filter.objectId);
  if (filter.projectId !== undefined) listed = listed.where("project_id", "=", filter.projectId);
  if (filter.outcome !== undefined) listed = listed.where("outcome", "=", filter.outcome);
  if (from !== undefined) listed = listed.where("at", ">=", moment(from));
  if (to !== undefined) listed = listed.where("at", "<", moment(to));
  if (q) listed = listed.where(names(q));
  return await rowsOf(listed);
}

/** As text, because a date of JavaScript has no microseconds. */
const moment = (time: string) => sql<Date>`${time}::timestamptz`;

const names = (text: string) =>
  sql<boolean>`(strpos(object_id, ${text}) > 0 OR actor_label = any(array${actorsNamed(text)}))`;

/** Few act, and often: their names are read off the index one by one, and each is compared once. */
const actorsNamed = (text: string) =>
  statements
    .withRecursive("actors", (db) =>
      db
        .selectFrom((eb) =>
          eb
            .selectFrom("audit_event")
            .select((of) => of.ref("actor_label").$castTo<string | null>().as("label"))
            .orderBy("actor_label")
            .limit(sql.lit(1))
            .as("first"),
        )
        .select("first.label")
        .unionAll(
          db
            .selectFrom("actors as a")
            .select((eb) =>
              eb
                .selectFrom("audit_event as e")
                .select("e.actor_label")
                .whereRef("e.actor_label", ">", "a.label")
                .orderBy("e.actor_label")
                .limit(sql.lit(1))
                .as("label"),
            )
            .where("a.label", "is not", null),
        ),
    )
    .selectFrom("actors")
    .select("label")
    .where(sql<boolean>`strpos(lower(label), lower(${text})) > 0`);

/** Events after a number, oldest first. */
export async function listEventsAfterSeq(seq: number, limit: number): Promise<StoredEvent[]> {
  return await rowsOf(events.where("seq", ">", BigInt(seq)).orderBy("seq").limit(limit));
}

/** An event with what its hash is made of. */
export interface HashedEvent {
  seq: bigint;
  id: string;
  at: Date;
  prevHash: string;
  hash: string;
  /** The texts that are hashed after the hash before, the id and the time, in that order. */
  fields: string[];
}

/** So many events after a number, oldest first, with what their hashes are made of. */
export async function listHashedEvents(afterSeq: bigint, limit: number, db?: Db): Promise<HashedEvent[]> {
  const hashed = statements
    .selectFrom("audit_event")
    .select(["seq", "id", "at", "prev_hash as prevHash", "hash"])
    .select(
      sql<string[]>`array[coalesce(actor_id, ''), actor_label, via, action, object_type, object_id,
        coalesce(project_id, ''), outcome, detail::text, request_id, ip]`.as("fields"),
    )
    .where("seq", ">", afterSeq)
    .orderBy("seq")
    .limit(sql.lit(limit));
  return await rowsOf(hashed, db);
}

const problem = sql<string>`detail->>'problem'`;

/** Whether the same problem of the audit was recorded within a day. */
export async function wasToldToday(
  tx: Tx,
  { about, action, problem: text }: { about: string; action: string; problem: string },
): Promise<boolean> {
  const told = statements
    .selectFrom("audit_event")
    .select(sql.lit(1).as("told"))
    .where("object_type", "=", sql.lit("audit"))
    .where("object_id", "=", about)
    .where("action", "=", action)
    .where(problem, "=", text)
    .where("at", ">", sql<Date>`now() - interval '1 day'`)
    .limit(sql.lit(1));
  return (await rowOf(told, tx)) !== null;
}

/** The latest contradiction that was found in the chain. */
export async function findLastContradiction(): Promise<{ at: Date; problem: string } | null> {
  const last = statements
    .selectFrom("audit_event")
    .select(["at", problem.as("problem")])
    .where("object_type", "=", sql.lit("audit"))
    .where("object_id", "=", sql.lit("chain"))
    .where("action", "=", sql.lit("audit.integrity"))
    .orderBy("seq", "desc")
    .limit(sql.lit(1));
  return await rowOf(last);
}
