import { randomBytes } from "node:crypto";
import { revokeToken } from "@/lib/features/tokens";
import { createUser } from "@/lib/features/users";
import { newId } from "@/lib/kernel/ids";
import {
  type Grants,
  type OrgRole,
  type ProjectRole,
  projectRoles,
  type Scope,
} from "@/lib/kernel/permissions";
import { cliActor, type PersonActor } from "@/lib/platform/auth";
import { execute, query } from "@/lib/platform/db";
import { BrowserSession } from "../browser-session";
import { makePerson, makeToken } from "../portal";

/** Who knocks: with what credential, and what it is worth by the permission table. */
export interface Identity {
  name: string;
  /** Null: the credential proves nothing. */
  grants: Grants | null;
  userId: string | null;
  /** The address it comes from; its own, so that limits by address are its own. */
  ip: string;
  headers: Record<string, string>;
  /** A cookie that a page of another site makes the browser send. */
  fromOtherSite?: true;
}

interface Kind {
  orgRole?: OrgRole;
  projects?: Record<string, ProjectRole>;
  scopes?: Scope[];
}

const password = "a long enough password";

/** Everybody who can knock: `here` and `elsewhere` are ids of two projects. */
export async function makeIdentities(here: string, elsewhere: string, url: string): Promise<Identity[]> {
  const made: Identity[] = [];
  const add = (one: Omit<Identity, "ip">) => void made.push({ ...one, ip: `203.0.113.${made.length + 1}` });
  add({ name: "nobody", grants: null, userId: null, headers: {} });
  const kinds: Record<string, Kind> = {
    "member of nothing": {},
    ...Object.fromEntries(projectRoles.map((role) => [`${role} here`, { projects: { [here]: role } }])),
    ...Object.fromEntries(
      projectRoles.map((role) => [`${role} elsewhere`, { projects: { [elsewhere]: role } }]),
    ),
    "viewer here, owner elsewhere": { projects: { [here]: "viewer", [elsewhere]: "owner" } },
    auditor: { orgRole: "auditor" },
    finance: { orgRole: "finance" },
    administrator: { orgRole: "admin" },
    "administrator with a token to read": { orgRole: "admin", scopes: ["read"] },
    "administrator with a token to write": { orgRole: "admin", scopes: ["write"] },
    "owner here with a token to approve": { projects: { [here]: "owner" }, scopes: ["approve"] },
  };
  for (const [name, kind] of Object.entries(kinds)) {
    const { id, token } = await makePerson(`${randomBytes(4).toString("hex")}`, kind);
    add({ name, grants: grantsOf(kind), userId: id, headers: { authorization: `Bearer ${token}` } });
  }
  for (const [name, token] of Object.entries(await worthlessTokens(here))) {
    add({ name, grants: null, userId: null, headers: { authorization: `Bearer ${token}` } });
  }
  for (const fromOtherSite of [false, true]) {
    const { id, cookie } = await signedIn(here);
    add({
      name: fromOtherSite ? "owner here, on a page of another site" : "owner here in a browser",
      grants: { ...grantsOf({ projects: { [here]: "owner" } }), scopes: null },
      userId: id,
      headers: { cookie, origin: fromOtherSite ? "https://evil.example" : url },
      ...(fromOtherSite && { fromOtherSite }),
    });
  }
  return made;
}

function grantsOf({ orgRole, projects = {}, scopes = ["admin"] }: Kind): Grants {
  return {
    orgRole: orgRole ?? null,
    projects: new Map(Object.entries(projects)),
    scopes: new Set(scopes),
  };
}

/** Tokens of owners of the project that are over, by why. */
async function worthlessTokens(here: string): Promise<Record<string, string>> {
  const owner = async () =>
    await makePerson(randomBytes(4).toString("hex"), { projects: { [here]: "owner" } });
  const [disabled, expired, revoked, parent] = [await owner(), await owner(), await owner(), await owner()];
  await execute("UPDATE app_user SET disabled_at = now() WHERE id = $1", [disabled.id]);
  await execute("UPDATE api_token SET expires_at = now() - interval '1 s' WHERE user_id = $1", [expired.id]);
  await execute("UPDATE api_token SET revoked_at = now() WHERE user_id = $1", [revoked.id]);
  const child = await makeToken(parent.id, ["admin"]);
  const [first, second] = await query<{ id: string }>(
    "SELECT id FROM api_token WHERE user_id = $1 ORDER BY created_at",
    [parent.id],
  );
  await execute("UPDATE api_token SET parent_id = $1 WHERE id = $2", [first?.id, second?.id]);
  const actor = { ...cliActor(), userId: parent.id } as PersonActor;
  await revokeToken(actor, first?.id ?? "");
  return {
    "disabled owner here": disabled.token,
    "owner here with an expired token": expired.token,
    "owner here with a revoked token": revoked.token,
    "owner here whose token's parent is revoked": child,
    "someone with a made-up token": "rst_made_up",
  };
}

async function signedIn(here: string): Promise<{ id: string; cookie: string }> {
  const email = `${randomBytes(6).toString("hex")}@people.example`;
  const { id } = await createUser(cliActor(), { email, name: "In a browser", password, orgRole: null });
  await execute("INSERT INTO project_member (project_id, user_id, role) VALUES ($1, $2, 'owner')", [
    here,
    id,
  ]);
  const browser = new BrowserSession();
  const error = await browser.signIn("credentials", { email, password });
  if (error) throw new Error(error);
  return { id, cookie: browser.cookieHeader };
}

/** Things of one person that belong to no one else. */
export interface Belongings {
  tokens: string;
  sessions: string;
  notifications: string;
}

export async function belongingsOf(userId: string): Promise<Belongings> {
  const own = { tokens: newId("token"), sessions: newId("session"), notifications: newId("notification") };
  await execute(
    "INSERT INTO api_token (id, user_id, name, prefix, hash, scopes) VALUES ($1, $2, 'private-thing', 'rst_', $1, '{read}')",
    [own.tokens, userId],
  );
  await execute(
    "INSERT INTO session (id, user_id, user_agent, expires_at) VALUES ($1, $2, 'private-thing', now() + interval '1 day')",
    [own.sessions, userId],
  );
  await execute(
    "INSERT INTO notification (id, user_id, kind, title) VALUES ($1, $2, 'test', 'private-thing')",
    [own.notifications, userId],
  );
  return own;
}
