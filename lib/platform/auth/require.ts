import { AppError } from "@/lib/kernel/errors";
import { can, type Permission } from "@/lib/kernel/permissions";
import type { Actor, PersonActor } from "./actor";
import { recordRefusal } from "./refusals";

export interface PermissionTarget {
  /** The project that owns the object; read from the object, never from the client. */
  projectId?: string | null;
  /** What the person asked for, for the message: "Environment". */
  what?: string;
  objectType?: string;
  objectId?: string;
}

/** Refusals whose audit event is written: `route()` writes down every other one. */
const writtenDown = new WeakSet<AppError>();

/** Whether the audit knows of a refusal already. */
export function isWrittenDown(error: AppError): boolean {
  return writtenDown.has(error);
}

/** A refused attempt. `recorded` settles when its audit event is written; `route()` waits for it. */
export class DeniedError extends AppError {
  readonly recorded: Promise<void>;

  constructor(code: "forbidden" | "not_found", message: string, recorded: Promise<void>) {
    super(code, message);
    this.recorded = recorded;
    writtenDown.add(this);
  }
}

/**
 * Returns when the actor holds the permission for the object's project (or, without one, organization-wide).
 * @throws DeniedError `not_found` when the actor may not even see the project, so that foreign and unknown objects
 *   answer alike, else `forbidden`. Every refusal is audited in a transaction of its own.
 */
export function requirePermission(actor: Actor, permission: Permission, target: PermissionTarget = {}): void {
  if (can(actor, permission, target)) return;
  const what = target.what ?? "This";
  const seen = !target.projectId || can(actor, "project.read", { projectId: target.projectId });
  const recorded = recordDenied(actor, permission, target);
  if (seen) throw new DeniedError("forbidden", `You don’t have permission: ${permission}.`, recorded);
  throw new DeniedError("not_found", `${what} was not found.`, recorded);
}

/**
 * The refusal of something the actor's role would allow ("no one decides about their own request"), audited like one
 * for want of a permission: `throw await refused(actor, "request.decide", target, new AppError(…))`.
 */
export async function refused<E extends AppError>(
  actor: Actor,
  action: string,
  target: PermissionTarget,
  error: E,
): Promise<E> {
  await recordDenied(actor, action, { ...target, detail: { code: error.code, reason: error.message } });
  writtenDown.add(error);
  return error;
}

/** Writes the audit event of a refusal, or counts it as a repeat (see `recordRefusal`). Never throws. */
export async function recordDenied(
  actor: Actor,
  permission: string,
  target: PermissionTarget & { path?: string; detail?: Record<string, unknown> } = {},
): Promise<void> {
  await recordRefusal({
    actor,
    action: permission,
    objectType: target.objectType ?? permission.split(".")[0] ?? "object",
    objectId: target.objectId ?? target.projectId ?? target.path ?? "",
    projectId: target.projectId ?? null,
    detail: { ...(actor.operation !== undefined && { path: actor.operation }), ...target.detail },
  });
}

/**
 * The actor as a person.
 * @throws AppError `forbidden` for the system and the command line, where only a person can act
 */
export function requirePerson(actor: Actor): PersonActor {
  if (actor.userId === null) throw new AppError("forbidden", "Only a user can do this.");
  return actor as PersonActor;
}
