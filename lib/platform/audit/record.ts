import type { AuditAction } from "@/lib/kernel/audit-actions";
import { newId } from "@/lib/kernel/ids";
import type { Actor } from "../auth/actor";
import { redact } from "../crypto";
import { type Db, pooled } from "../db";
import { insertAuditEvent } from "./store";

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
  await insertAuditEvent(db, {
    id: newId("audit"),
    actor_id: actor.userId,
    actor_label: label,
    via: actor.via,
    action: entry.action,
    object_type: entry.objectType,
    object_id: entry.objectId,
    project_id: entry.projectId ?? null,
    outcome: entry.outcome ?? "allowed",
    detail: JSON.stringify(redact(entry.detail ?? {})).replaceAll("\\u0000", ""),
    request_id: actor.requestId,
    ip: actor.ip,
  });
}

/** Writes an audit event of its own, for what did not happen: denied and failed attempts. */
export async function recordAuditAlone(entry: AuditEntry<string>): Promise<void> {
  await write(pooled, entry);
}
