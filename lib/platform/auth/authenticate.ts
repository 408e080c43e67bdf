import { AppError } from "@/lib/kernel/errors";
import type { OrgRole, ProjectRole, Scope } from "@/lib/kernel/permissions";
import { hashToken } from "../crypto";
import { execute, query } from "../db";
import { moduleLog } from "../log";
import type { PersonActor } from "./actor";
import { clientAddress } from "./client-address";
import { liveSession, readSessionId } from "./session-cookie";

interface PersonRow {
  id: string;
  name: string;
  email: string;
  org_role: OrgRole | null;
  is_demo: boolean;
  password_ends_at: Date | null;
  projects: Record<string, ProjectRole>;
  credential_id: string;
  scopes: Scope[] | null;
  stale: boolean;
}

const personColumns = `u.id, u.name, u.email, u.org_role::text AS org_role, u.is_demo, u.password_ends_at,
  coalesce((SELECT jsonb_object_agg(m.project_id, m.role::text) FROM project_member m WHERE m.user_id = u.id), '{}') AS projects`;

const bySession = `SELECT ${personColumns}, s.id AS credential_id, NULL AS scopes,
    s.last_seen_at < now() - interval '1 minute' AS stale
  FROM (SELECT * FROM session WHERE id = $1 AND ${liveSession}) s JOIN app_user u ON u.id = s.user_id
  WHERE u.disabled_at IS NULL`;

const byToken = `SELECT ${personColumns}, t.id AS credential_id, t.scopes,
    coalesce(t.last_used_at < now() - interval '1 minute', true) AS stale
  FROM api_token t JOIN app_user u ON u.id = t.user_id
  WHERE t.hash = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())
    AND u.disabled_at IS NULL`;

export interface RequestFacts {
  requestId: string;
  ip: string;
  /** Method and path, or the path of a page. */
  operation?: string;
}

/**
 * The person behind a session id, with the roles of this moment. Asked of the database every time (one indexed read):
 * a revoked session or a disabled person is out with the next request.
 */
export async function findSessionActor(sessionId: string, facts: RequestFacts): Promise<PersonActor | null> {
  const [row] = await query<PersonRow>(bySession, [sessionId], { name: "actor_by_session" });
  if (!row) return null;
  if (row.stale) touch("UPDATE session SET last_seen_at = now() WHERE id = $1", row.credential_id);
  return toActor(row, "session", facts);
}

/** The person behind a bearer token. */
export async function findTokenActor(token: string, facts: RequestFacts): Promise<PersonActor | null> {
  const [row] = await query<PersonRow>(byToken, [hashToken(token)], { name: "actor_by_token" });
  if (!row) return null;
  if (row.stale) touch("UPDATE api_token SET last_used_at = now() WHERE id = $1", row.credential_id);
  return toActor(row, "token", facts);
}

/**
 * Who sent a request: a bearer token when there is one, else the session cookie; null for nobody.
 * @throws AppError `unauthenticated` for a token that is unknown, over or revoked
 */
export async function authenticate(request: Request, requestId: string): Promise<PersonActor | null> {
  const operation = `${request.method} ${new URL(request.url).pathname}`.slice(0, 300);
  const facts = { requestId, ip: clientAddress(request.headers), operation };
  const authorization = request.headers.get("authorization");
  if (authorization !== null) {
    const token = /^Bearer\s+(\S{1,500})$/i.exec(authorization)?.[1];
    const actor = token ? await findTokenActor(token, facts) : null;
    if (!actor) throw new AppError("unauthenticated", "The API token is invalid, expired or revoked.");
    return actor;
  }
  const sessionId = await readSessionId(request.headers);
  return sessionId ? await findSessionActor(sessionId, facts) : null;
}

function toActor(row: PersonRow, via: "session" | "token", facts: RequestFacts): PersonActor {
  return {
    userId: row.id,
    name: row.name,
    email: row.email,
    orgRole: row.org_role,
    projects: new Map(Object.entries(row.projects)),
    via,
    scopes: row.scopes === null ? null : new Set(row.scopes),
    credentialId: row.credential_id,
    requestId: facts.requestId,
    ip: facts.ip,
    ...(facts.operation !== undefined && { operation: facts.operation }),
    isDemo: row.is_demo,
    ...(row.password_ends_at !== null && { passwordEndsAt: row.password_ends_at }),
  };
}

/** "Last seen" is a courtesy: it is written at most once a minute and nobody waits for it. */
function touch(sql: string, id: string): void {
  execute(sql, [id]).catch((error) => moduleLog("auth").warn({ err: error }, "couldn't record the last use"));
}
