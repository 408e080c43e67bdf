import { notFound } from "@/lib/kernel/errors";
import { canSomewhere } from "@/lib/kernel/permissions";
import { recordAudit } from "@/lib/platform/audit";
import { type PersonActor, permissionNames } from "@/lib/platform/auth";
import { inTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { countUnread } from "../notifications";
import { revokeAccess, revokeTokensOf } from "../users";
import type { MeDto, SessionDto } from "./schema";
import { changeUser, endSession, listLiveSessions, listMemberships } from "./store";

/** Who I am and what I may do. */
export async function getMe(actor: PersonActor): Promise<MeDto> {
  const projects = await listMemberships(actor.userId);
  return {
    id: actor.userId,
    name: actor.name,
    email: actor.email,
    orgRole: actor.orgRole,
    isDemo: actor.isDemo,
    via: actor.via,
    scopes: actor.scopes === null ? null : [...actor.scopes],
    projects,
    permissions: permissionNames.filter((permission) => canSomewhere(actor, permission)),
    unreadNotifications: await countUnread(actor.userId),
  };
}

/** Changes one's own name. */
export async function updateProfile(actor: PersonActor, change: { name: string }): Promise<void> {
  await inTransaction(async (tx) => {
    await changeUser(tx, actor.userId, { name: change.name });
    await recordAudit(tx, {
      actor,
      action: "user.update",
      objectType: "user",
      objectId: actor.userId,
      detail: change,
    });
  });
}

/** A person's living sessions, the latest used first. */
export async function listSessions(actor: PersonActor): Promise<SessionDto[]> {
  const rows = await listLiveSessions(actor.userId, 200);
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    current: actor.via === "session" && row.id === actor.credentialId,
  }));
}

/** Ends one of one's own sessions, and the tokens that were created in it. @throws AppError `not_found` for someone else's */
export async function revokeSession(actor: PersonActor, id: string, revokeTokens: boolean): Promise<void> {
  await inTransaction(async (tx) => {
    if (!(await endSession(tx, id, actor.userId))) throw notFound("The session");
    const tokens = revokeTokens ? await revokeTokensOf(tx, { userId: actor.userId, sessionId: id }) : [];
    await publishEvent(tx, `user:${actor.userId}`, "access.revoked");
    await recordAudit(tx, {
      actor,
      action: "session.revoke",
      objectType: "session",
      objectId: id,
      detail: { revokeTokens, tokens },
    });
  });
}

/**
 * Ends all of one's own sessions but the one in use, and the tokens that were created in others, living or ended: what
 * someone made who had got in goes with them.
 */
export async function revokeOtherSessions(actor: PersonActor, revokeTokens: boolean): Promise<void> {
  await inTransaction(async (tx) => {
    const kept = actor.via === "session" ? actor.credentialId : null;
    await revokeAccess(tx, actor.userId, false, kept);
    const others = { userId: actor.userId, sessionId: kept === null ? { not: null } : { not: kept } };
    const tokens = revokeTokens ? await revokeTokensOf(tx, others) : [];
    await recordAudit(tx, {
      actor,
      action: "session.revoke-others",
      objectType: "user",
      objectId: actor.userId,
      detail: { revokeTokens, tokens },
    });
  });
}
