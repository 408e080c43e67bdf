import { sql } from "kysely";
import { compiledOnce, type Db, statements, writtenBy } from "../db";

/** A row of the audit log as it is written: its number, time and hashes are the database's. */
export type NewAuditEvent = {
  id: string;
  actor_id: string | null;
  actor_label: string;
  via: string;
  action: string;
  object_type: string;
  object_id: string;
  project_id: string | null;
  outcome: string;
  /** JSON. */
  detail: string;
  request_id: string;
  ip: string;
};

const insertion = compiledOnce((event: NewAuditEvent) =>
  statements.insertInto("audit_event").values({ ...event, detail: sql`${event.detail}::jsonb` }),
);

/** Writes an event; from then on the transaction holds the lock of the hash chain. */
export async function insertAuditEvent(db: Db, event: NewAuditEvent): Promise<void> {
  await writtenBy(insertion(event), db);
}
