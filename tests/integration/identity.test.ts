import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST as changePassword } from "@/app/api/v1/me/password/route";
import { GET as me } from "@/app/api/v1/me/route";
import { DELETE as endOthers, GET as sessions } from "@/app/api/v1/sessions/route";
import { PATCH as updateUser } from "@/app/api/v1/users/[id]/route";
import { POST as createUser } from "@/app/api/v1/users/route";
import { ensureAdministrator } from "@/lib/features/identity";
import { execute, query } from "@/lib/platform/db";
import { BrowserSession } from "../support/browser-session";
import type { TestDatabase } from "../support/database";
import { call, makePerson, type TestPerson, useTestPortal } from "../support/portal";

const password = "a long enough password";
let database: TestDatabase;
let admin: TestPerson;

beforeAll(async () => {
  database = await useTestPortal();
  admin = await makePerson("root", { orgRole: "admin" });
});
afterAll(async () => await database.drop());

async function newPerson(name: string): Promise<{ id: string; email: string }> {
  const email = `${name}@people.example`;
  const { status, body } = await call(createUser, { token: admin.token, body: { email, name, password } });
  expect(status).toBe(201);
  return { id: body.id, email };
}

async function asSession(
  browser: BrowserSession,
  handler: unknown,
  options: Parameters<typeof call>[1] = {},
) {
  return await call(handler, {
    ...options,
    headers: { cookie: browser.cookieHeader, origin: browser.origin, ...options.headers },
  });
}

describe("signing in", () => {
  it("opens a session whose cookie says nothing about the person, and closes it", async () => {
    const person = await newPerson("ada");
    const browser = new BrowserSession();
    expect(await browser.signIn("credentials", { email: "ADA@people.example ", password })).toBeNull();
    const cookie = browser.cookies.get("rostrum.session") ?? "";
    expect(cookie.split(".")).toHaveLength(5);
    const { status, body } = await asSession(browser, me);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: person.id, email: person.email, via: "session", scopes: null });
    const kept = browser.cookieHeader;
    await browser.signOut();
    expect(browser.cookies.has("rostrum.session")).toBe(false);
    const stolen = await call(me, { headers: { cookie: kept } });
    expect(stolen.status, "the cookie of before signing out").toBe(401);
  });

  it("refuses forged and foreign cookies", async () => {
    for (const value of ["rubbish", "a.b.c.d.e", ""]) {
      expect((await call(me, { headers: { cookie: `rostrum.session=${value}` } })).status).toBe(401);
    }
  });

  it("answers wrong passwords and unknown people alike, and writes both down", async () => {
    await newPerson("grace");
    const browser = new BrowserSession("http://localhost:3000", "203.0.113.8");
    expect(await browser.signIn("credentials", { email: "grace@people.example", password: "wrong" })).toBe(
      "CredentialsSignin",
    );
    expect(await browser.signIn("credentials", { email: "nobody@people.example", password: "wrong" })).toBe(
      "CredentialsSignin",
    );
    const [row] = await query<{ count: number }>(
      "SELECT count(*)::int AS count FROM audit_event WHERE action = 'session.sign-in' AND outcome = 'denied'",
    );
    expect(row?.count).toBeGreaterThanOrEqual(2);
  });

  it("wants next-auth's CSRF token", async () => {
    const browser = new BrowserSession();
    await browser.auth("callback/credentials", {
      email: "ada@people.example",
      password,
      csrfToken: "x",
      json: "true",
    });
    expect(browser.cookies.has("rostrum.session")).toBe(false);
  });

  it("is answered at the public host alone", async () => {
    const answer = await new BrowserSession("http://evil.example").auth("csrf");
    expect(answer.status).toBe(421);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it("returns to our own pages only", async () => {
    const browser = new BrowserSession();
    const csrfToken = await browser.csrfToken();
    const response = await browser.auth("callback/credentials", {
      email: "ada@people.example",
      password,
      csrfToken,
      callbackUrl: "http://evil.example/steal",
      json: "true",
    });
    const { url } = (await response.json()) as { url: string };
    expect(new URL(url).origin).toBe("http://localhost:3000");
  });
});

describe("a session", () => {
  it("writes only from our own pages", async () => {
    await newPerson("linus");
    const browser = new BrowserSession();
    await browser.signIn("credentials", { email: "linus@people.example", password });
    const write = (headers: Record<string, string>) =>
      call(endOthers, { method: "DELETE", headers: { cookie: browser.cookieHeader, ...headers } });
    expect((await write({})).status).toBe(403);
    expect((await write({ origin: "http://evil.example" })).status).toBe(403);
    expect((await write({ origin: "null" })).status).toBe(403);
    expect((await write({ origin: browser.origin, "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await write({ origin: browser.origin, "sec-fetch-site": "same-origin" })).status).toBe(204);
  });

  it("ends elsewhere when the password changes, and at once for a disabled person", async () => {
    const person = await newPerson("barbara");
    const [here, there] = [new BrowserSession(), new BrowserSession()];
    for (const one of [here, there]) await one.signIn("credentials", { email: person.email, password });
    const listed = await asSession(here, sessions);
    expect(listed.body.items).toHaveLength(2);
    expect(listed.body.items.filter((one: { current: boolean }) => one.current)).toHaveLength(1);
    const wrong = await asSession(here, changePassword, {
      body: { current: "no", next: "another password 1" },
    });
    expect([wrong.status, wrong.body.errors[0].path]).toEqual([422, "current"]);
    const right = await asSession(here, changePassword, {
      body: { current: password, next: "another password 1" },
    });
    expect(right.status).toBe(204);
    expect((await asSession(here, me)).status).toBe(200);
    expect((await asSession(there, me)).status).toBe(401);
    const disabled = await call(updateUser, {
      method: "PATCH",
      token: admin.token,
      params: { id: person.id },
      body: { disabled: true },
    });
    expect(disabled.body.disabled).toBe(true);
    expect((await asSession(here, me)).status).toBe(401);
    expect(await there.signIn("credentials", { email: person.email, password: "another password 1" })).toBe(
      "CredentialsSignin",
    );
  });
});

describe("a password", () => {
  it("is refused when it is common, one's own words or the current one", async () => {
    const person = await newPerson("radia");
    const browser = new BrowserSession();
    await browser.signIn("credentials", { email: person.email, password });
    for (const next of ["password123", "radia@people1", password]) {
      const answer = await asSession(browser, changePassword, { body: { current: password, next } });
      expect([answer.status, answer.body.errors[0].path], next).toEqual([422, "next"]);
    }
    const change = { method: "PATCH", token: admin.token, params: { id: person.id } };
    const common = await call(updateUser, { ...change, body: { password: "1q2w3e4r5t" } });
    expect([common.status, common.body.errors[0].path]).toEqual([422, "password"]);
  });

  it("that an administrator made up ends, until its owner chooses another", async () => {
    const person = await newPerson("frances");
    const give = { method: "PATCH", token: admin.token, params: { id: person.id } };
    expect((await call(updateUser, { ...give, body: { password: "made up for Frances" } })).status).toBe(200);
    const end = async () =>
      (
        await query<{ at: Date | null }>("SELECT password_ends_at AS at FROM app_user WHERE id = $1", [
          person.id,
        ])
      )[0]?.at;
    expect((await end())?.getTime()).toBeGreaterThan(Date.now() + 6 * 24 * 3_600_000);
    const browser = new BrowserSession();
    expect(
      await browser.signIn("credentials", { email: person.email, password: "made up for Frances" }),
    ).toBeNull();
    const own = { current: "made up for Frances", next: "chosen at the desk" };
    expect((await asSession(browser, changePassword, { body: own })).status).toBe(204);
    expect(await end()).toBeNull();
    await execute("UPDATE app_user SET password_ends_at = now() - interval '1 second' WHERE id = $1", [
      person.id,
    ]);
    const late = new BrowserSession();
    expect(await late.signIn("credentials", { email: person.email, password: "chosen at the desk" })).toBe(
      "PasswordEnded",
    );
    expect(await late.signIn("credentials", { email: person.email, password: "wrong" })).toBe(
      "CredentialsSignin",
    );
  });
});

describe("a session that no one used for a day", () => {
  it("is over", async () => {
    const person = await newPerson("mary");
    const browser = new BrowserSession();
    await browser.signIn("credentials", { email: person.email, password });
    const used = async (ago: string) => {
      await execute("UPDATE session SET last_seen_at = now() - $2::interval WHERE user_id = $1", [
        person.id,
        ago,
      ]);
      return (await asSession(browser, me)).status;
    };
    expect(await used("23 hours")).toBe(200);
    expect(await used("25 hours")).toBe(401);
  });
});

describe("signing in again", () => {
  it("ends the session that the browser had", async () => {
    const person = await newPerson("hedy");
    const browser = new BrowserSession();
    await browser.signIn("credentials", { email: person.email, password });
    const before = browser.cookieHeader;
    expect((await call(me, { headers: { cookie: before } })).status).toBe(200);
    await browser.signIn("credentials", { email: person.email, password });
    expect((await asSession(browser, me)).status).toBe(200);
    expect((await call(me, { headers: { cookie: before } })).status).toBe(401);
  });
});

describe("the first start", () => {
  it("never leaves Rostrum without an administrator, nor makes two", async () => {
    expect(await ensureAdministrator()).toBeNull();
    const last = await call(updateUser, {
      method: "PATCH",
      token: admin.token,
      params: { id: admin.id },
      body: { orgRole: null },
    });
    expect([last.status, last.body.code]).toEqual([409, "conflict"]);
    await execute("UPDATE app_user SET org_role = NULL WHERE id = $1", [admin.id]);
    const made = (await Promise.all([ensureAdministrator(), ensureAdministrator()])).filter(
      (one) => one !== null,
    );
    expect(made).toHaveLength(1);
    const browser = new BrowserSession();
    const { email = "", password: given } = made[0] ?? {};
    expect(await browser.signIn("credentials", { email, password: given ?? "" })).toBeNull();
    await execute("UPDATE app_user SET org_role = 'admin' WHERE id = $1", [admin.id]);
  });
});
