import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { POST as changePassword } from "@/app/api/v1/me/password/route";
import { GET as me } from "@/app/api/v1/me/route";
import { DELETE as endSession } from "@/app/api/v1/sessions/[id]/route";
import { DELETE as endOthers, GET as sessions } from "@/app/api/v1/sessions/route";
import { POST as createToken } from "@/app/api/v1/tokens/route";
import { PATCH as updateUser } from "@/app/api/v1/users/[id]/route";
import { checkPassword, openSession } from "@/lib/features/identity/people";
import { notify } from "@/lib/features/notifications";
import { createUser } from "@/lib/features/users";
import { cliActor, flushRefusals } from "@/lib/platform/auth";
import { execute, pooled, query } from "@/lib/platform/db";
import { resetRateLimits } from "@/lib/platform/http";
import { handleAuthRequest } from "../support/auth-route";
import { BrowserSession } from "../support/browser-session";
import type { TestDatabase } from "../support/database";
import { insertEnvironment } from "../support/environment-row";
import { call, makePerson, makeProject, makeToken, type TestPerson, useTestPortal } from "../support/portal";

/** What a credential still opens after its owner has ended what it came from. */

const password = "a long enough password";
let database: TestDatabase;
let admin: TestPerson;

beforeAll(async () => {
  database = await useTestPortal();
  admin = await makePerson("root", { orgRole: "admin" });
});
afterAll(async () => await database.drop());
beforeEach(async () => {
  await execute("DELETE FROM login_throttle");
  resetRateLimits();
});

let people = 0;
async function newPerson() {
  people += 1;
  const email = `person-${people}@people.example`;
  const data = { email, name: `Person ${people}`, orgRole: null, password };
  return await createUser(cliActor(), data, { lasting: true });
}

async function signIn(email: string): Promise<BrowserSession> {
  const browser = new BrowserSession();
  expect(await browser.signIn("credentials", { email, password })).toBeNull();
  return browser;
}

const as = async (browser: BrowserSession, handler: unknown, options: Parameters<typeof call>[1] = {}) =>
  await call(handler, {
    ...options,
    headers: { cookie: browser.cookieHeader, origin: browser.origin, ...options.headers },
  });

async function tokenOf(browser: BrowserSession): Promise<string> {
  const { status, body } = await as(browser, createToken, { body: { name: "made here", scopes: ["read"] } });
  expect(status).toBe(201);
  return body.token;
}

const works = async (token: string) => (await call(me, { token })).status === 200;
const eventOf = async (action: string, userId: string) => {
  const [row] = await query<{ detail: Record<string, unknown> }>(
    "SELECT detail FROM audit_event WHERE action = $1 AND actor_id = $2 ORDER BY seq DESC LIMIT 1",
    [action, userId],
  );
  return row?.detail;
};

describe("a token that was created in a session", () => {
  it("ends when its session is ended from elsewhere, with what was made with it, unless it is to stay", async () => {
    const person = await newPerson();
    const [mine, thief] = [await signIn(person.email), await signIn(person.email)];
    const [kept, stolen] = [await tokenOf(mine), await tokenOf(thief)];
    const child = await call(createToken, { token: stolen, body: { name: "child", scopes: ["read"] } });
    const { body } = await as(mine, sessions);
    const other = body.items.find((one: { current: boolean }) => !one.current);
    await as(mine, endSession, {
      method: "DELETE",
      params: { id: other.id },
      path: `/api/v1/sessions/${other.id}`,
    });
    expect(await Promise.all([kept, stolen, child.body.token].map(works))).toEqual([true, false, false]);
    expect(await eventOf("session.revoke", person.id)).toMatchObject({ revokeTokens: true });
    const again = await signIn(person.email);
    const left = await tokenOf(again);
    await as(mine, endOthers, { method: "DELETE", path: "/api/v1/sessions?revokeTokens=false" });
    expect(await works(left)).toBe(true);
    await as(mine, endOthers, { method: "DELETE" });
    expect(await works(left), "its session had ended before").toBe(false);
    expect(await works(kept)).toBe(true);
  });

  it("ends with a new password, set by anyone, unless it is to stay", async () => {
    const person = await newPerson();
    const mine = await signIn(person.email);
    const next = "another password 22";
    const stays = await tokenOf(mine);
    await as(mine, changePassword, { body: { current: password, next, revokeTokens: false } });
    expect(await works(stays)).toBe(true);
    await as(mine, changePassword, { body: { current: next, next: password } });
    expect(await works(stays)).toBe(false);
    expect(await eventOf("user.password", person.id)).toMatchObject({ tokensRevoked: true });
    const ends = await tokenOf(mine);
    const set = { method: "PATCH", token: admin.token, params: { id: person.id } };
    await call(updateUser, { ...set, body: { password: "a third password 333" } });
    expect(await works(ends)).toBe(false);
  });
});

describe("a repeated request", () => {
  const body = { name: "ci", scopes: ["admin"] };
  it("is never answered for another credential, nor with a secret", async () => {
    const headers = { "idempotency-key": "deploy-1" };
    const first = await call(createToken, { token: admin.token, body, headers });
    expect(first.status).toBe(201);
    const weaker = await makeToken(admin.id, ["write"]);
    const other = await call(createToken, { token: weaker, body, headers });
    expect([other.status, other.body.code]).toEqual([409, "idempotency_mismatch"]);
    const same = await call(createToken, { token: admin.token, body, headers });
    expect(same.status).toBe(409);
    expect(JSON.stringify([other.body, same.body])).not.toContain("rst_");
    const [made] = await query<{ n: number }>(
      "SELECT count(*)::int AS n FROM api_token WHERE user_id = $1 AND name = 'ci'",
      [admin.id],
    );
    expect(made?.n).toBe(1);
    const stored = await query("SELECT body FROM idempotency_record WHERE key = 'deploy-1'");
    expect(stored).toEqual([{ body: { secret: true } }]);
  });
});

describe("a sign-in", () => {
  it("from one IPv6 network is counted as one", async () => {
    const from = (n: number) => ({
      ip: `2001:db8:1:1::${n.toString(16)}`,
      userAgent: "",
      requestId: "request-1",
    });
    let tried = 0;
    for (let n = 1; n <= 30; n += 1) {
      const attempt = checkPassword(`sprayed-${n}@people.example`, "Winter2026", from(n));
      tried += await attempt.then(() => 1).catch(() => 0);
    }
    expect(tried).toBe(20);
    await checkPassword("sprayed-1@people.example", "x", { ...from(1), ip: "2001:db8:1:2::1" });
  });

  it("with fields that are no text is counted and written down like any other", async () => {
    const browser = new BrowserSession("http://localhost:3000", "203.0.113.77");
    const csrfToken = await browser.csrfToken();
    const odd = [{ a: 1 }, ["person-1@people.example"], 1, true, null];
    for (const value of odd) {
      const body = JSON.stringify({
        email: value,
        password: value,
        callbackUrl: value,
        csrfToken,
        json: "true",
      });
      const response = await handleAuthRequest(
        new Request("http://localhost:3000/api/auth/callback/credentials", {
          method: "POST",
          headers: {
            host: "localhost:3000",
            cookie: browser.cookieHeader,
            "x-forwarded-for": "203.0.113.77",
            "content-type": "application/json",
          },
          body,
        }),
        ["callback", "credentials"],
      );
      expect([response.status, await response.text()]).toEqual([
        401,
        expect.stringContaining("CredentialsSignin"),
      ]);
    }
    await flushRefusals();
    const [row] = await query<{ n: number }>(
      `SELECT sum(1 + coalesce((detail->>'repeated')::int - 1, 0))::int AS n FROM audit_event
        WHERE action = 'session.sign-in' AND outcome = 'denied' AND ip = '203.0.113.77'`,
    );
    expect(row?.n).toBe(odd.length);
    const counted = await query("SELECT failures FROM login_throttle WHERE key = 'address:203.0.113.77'");
    expect(counted).toEqual([{ failures: odd.length }]);
  });

  it("that was checked before the password changed or the person was disabled opens nothing", async () => {
    const facts = { ip: "", userAgent: "", requestId: "request-1" };
    for (const change of [{ password: "a third password 333" }, { disabled: true }]) {
      const person = await newPerson();
      const checked = await checkPassword(person.email, password, facts);
      if (!checked) throw new Error("not checked");
      await call(updateUser, {
        method: "PATCH",
        token: admin.token,
        params: { id: person.id },
        body: change,
      });
      expect(await openSession(checked, "credentials", facts)).toBeNull();
      expect(await query("SELECT id FROM session WHERE user_id = $1", [person.id])).toEqual([]);
    }
  });
});

it("tells no one about an environment whose project they have left", async () => {
  const projectId = await makeProject("left");
  const stayed = await makePerson("stayed", { projects: { [projectId]: "viewer" } });
  const gone = await makePerson("gone");
  const environmentId = await insertEnvironment(projectId, gone.id);
  const userIds = [stayed.id, gone.id, admin.id];
  const failed = { kind: "run.failed", title: "It failed", body: "why", environmentId } as const;
  // No one owns the project, so that what the one who left would have heard reaches the administrators.
  const subjects = [stayed.id, gone.id];
  await notify(
    pooled,
    subjects.map((subjectId) => ({ ...failed, subjectId, href: `/runs/of-${subjectId}` })),
  );
  const told = await query<{ user_id: string; href: string }>(
    "SELECT user_id, href FROM notification WHERE kind = 'run.failed' ORDER BY user_id",
  );
  expect(told).toContainEqual({ user_id: stayed.id, href: `/runs/of-${stayed.id}` });
  expect(told.filter((row) => row.href === `/runs/of-${gone.id}`).map((row) => row.user_id)).toContain(
    admin.id,
  );
  expect(told.map((row) => row.user_id)).not.toContain(gone.id);
  const events = await query<{ topic: string }>(
    "SELECT topic FROM event WHERE kind = 'notification.created' AND topic = ANY($1)",
    [userIds.map((id) => `user:${id}`)],
  );
  expect(events).toHaveLength(2);
});
