import type pg from "pg";
import type { AuditAction } from "@/lib/kernel/audit-actions";
import { newId } from "@/lib/kernel/ids";
import type { Actor } from "../auth/actor";
import { redact } from "../crypto";
import { getPool, type Tx } from "../db";

/** Where one statement can be run: Prisma's transaction or client, a pg client inside a transaction, or the pool. */
export type Db = Tx | pg.ClientBase | pg.Pool;

export interface AuditEntry<Action extends string = AuditAction> {
  actor: Actor;
  /** Noun and verb: "project.create"; of a refusal the permission that was missing. */
  action: Action;
  objectType: string;
  objectId: string;
  projectId?: string | null;
  outcome?: "allowed" | "denied" | "failed";
  /** Redacted before it is written. */
  detail?: Record<string, unknown>;
}

const sql = `INSERT INTO audit_event
  (id, actor_id, actor_label, via, action, object_type, object_id, project_id, outcome, detail, request_id, ip)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12)`;

/**
 * Writes one audit event inside the caller's transaction. Call it as the last statement: a trigger takes the lock of
 * the hash chain, which is held until the transaction ends.
 */
export async function recordAudit(db: Db, entry: AuditEntry): Promise<void> {
  await write(db, entry);
}

async function write(db: Db, entry: AuditEntry<string>): Promise<void> {
  const { actor } = entry;
  const label = actor.email ? `${actor.name} <${actor.email}>` : actor.name;
  await executeOn(
    db,
    sql,
    [
      newId("audit"),
      actor.userId,
      label,
      actor.via,
      entry.action,
      entry.objectType,
      entry.objectId,
      entry.projectId ?? null,
      entry.outcome ?? "allowed",
      JSON.stringify(redact(entry.detail ?? {})).replaceAll("\\u0000", ""),
      actor.requestId,
      actor.ip,
    ],
    "audit_record",
  );
}

/** Writes an audit event of its own, for what did not happen: denied and failed attempts. */
export async function recordAuditAlone(entry: AuditEntry<string>): Promise<void> {
  await write(getPool(), entry);
}

/**
 * Runs one `$1…` statement on whichever kind of connection the caller holds; answers how many rows it wrote.
 * @param name prepares it once per connection where that is possible; the text must always be the same
 */
export async function executeOn(db: Db, text: string, values: unknown[], name?: string): Promise<number> {
  if ("$executeRawUnsafe" in db) return await db.$executeRawUnsafe(text, ...values);
  return (await db.query({ text, values, ...(name && { name }) })).rowCount ?? 0;
}
