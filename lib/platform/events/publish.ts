import type { Db } from "../db";
import { insertEvent, insertEvents } from "./store";

/** What happened to what: `environment:<id>`, `run:<id>`, `request:<id>`, `project:<id>`, `user:<id>` or `admin`. */
export type Topic = `${"environment" | "run" | "request" | "project" | "user"}:${string}` | "admin";

export const topicPattern = /^(?:(environment|run|request|project|user):([a-z]{2,6}_[0-9a-z]{6,40})|admin)$/;

/**
 * Tells live screens that something happened, as part of the caller's transaction: listeners hear it once it
 * commits. The payload is small and carries nothing secret; screens read details through the API.
 */
export async function publishEvent(
  db: Db,
  topic: Topic,
  kind: string,
  payload: Record<string, unknown> = {},
): Promise<void> {
  await insertEvent(db, topic, kind, payload);
}

/** What screens that look at the topic are told. */
export interface LiveNews {
  topic: Topic;
  kind: string;
  payload?: Record<string, unknown>;
}

/** Many events in one statement, for hot paths. */
export async function publishEvents(db: Db, events: readonly LiveNews[]): Promise<void> {
  if (events.length > 0) await insertEvents(db, events);
}
