import { afterAll, beforeAll, expect, it } from "vitest";
import * as switchRoute from "@/app/api/v1/demo/session/route";
import { GET as me } from "@/app/api/v1/me/route";
import { createUser } from "@/lib/features/users";
import { cliActor } from "@/lib/platform/auth";
import { execute, query } from "@/lib/platform/db";
import { BrowserSession } from "../support/browser-session";
import type { TestDatabase } from "../support/database";
import { call, makePerson, makeProject, type TestPerson, useTestPortal } from "../support/portal";
import { until } from "../support/world";

/** Demo users change places with one click; no one else, and nothing that runs beside the portal, gets in that way. */

const origin = "http://localhost:3000";
let database: TestDatabase;
let developer: TestPerson;

beforeAll(async () => {
  database = await useTestPortal();
  const projectId = await makeProject("demo");
  developer = await makePerson("demo-dev", { isDemo: true, projects: { [projectId]: "developer" } });
  await makePerson("demo-root", { isDemo: true, orgRole: "admin" });
});
afterAll(async () => await database.drop());

const become = (cookie: string, role: string, headers: Record<string, string> = { origin }) =>
  call(switchRoute.POST, {
    method: "POST",
    path: "/api/v1/demo/session",
    body: { role },
    headers: { host: "localhost:3000", cookie, ...headers },
  });
const nameBehind = async (cookie: string) => (await call(me, { headers: { cookie } })).body.name;

async function demoBrowser(): Promise<BrowserSession> {
  const browser = new BrowserSession(origin, "127.0.0.1");
  await browser.openDemoLink();
  expect(await browser.signIn("demo", { role: "developer" })).toBeNull();
  return browser;
}

it("makes one demo user another, ends the session before and writes both down", async () => {
  const browser = await demoBrowser();
  const before = browser.cookieHeader;
  const { status, headers } = await become(before, "admin");
  expect(status).toBe(204);
  const [cookie = ""] = headers.getSetCookie();
  expect(cookie).toMatch(/^rostrum\.session=[\w.-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
  browser.keep([cookie]);
  expect(await nameBehind(browser.cookieHeader)).toBe("demo-root");
  expect((await call(me, { headers: { cookie: before } })).status, "the session before is over").toBe(401);
  const events = await query<{ action: string; actor_id: string }>(
    "SELECT action, actor_id FROM audit_event WHERE outcome = 'allowed' ORDER BY seq DESC LIMIT 2",
  );
  expect(events.map(({ action }) => action)).toEqual(["demo.switch-user", "session.sign-in"]);
  expect(events[0]?.actor_id).toBe(developer.id);
});

it("lets one of several switches at the same time win, and tells the others", async () => {
  const browser = await demoBrowser();
  const cookie = browser.cookieHeader;
  const living = "SELECT id FROM session WHERE revoked_at IS NULL";
  const before = (await query<{ id: string }>(living)).map(({ id }) => id);
  const holder = await database.pool.connect();
  try {
    // All of them have found the session living before the first can end it.
    await holder.query("BEGIN");
    await holder.query("SELECT id FROM session FOR UPDATE");
    const switches = ["admin", "developer", "admin"].map((role) => become(cookie, role));
    await until(waitingForRow, (count) => count === switches.length, 10_000);
    await holder.query("COMMIT");
    const answers = await Promise.all(switches);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409, 409]);
    const lost = answers.filter(({ status }) => status === 409);
    for (const { body, headers } of lost) {
      expect(body).toMatchObject({ code: "conflict", detail: expect.stringContaining("Reload the page") });
      expect(headers.getSetCookie()).toEqual([]);
    }
  } finally {
    await holder.query("ROLLBACK");
    holder.release();
  }
  const after = (await query<{ id: string }>(living)).map(({ id }) => id);
  expect(after, "one session took the place of one").toHaveLength(before.length);
  expect(after.filter((id) => !before.includes(id))).toHaveLength(1);
});

async function waitingForRow(): Promise<number> {
  const [row] = await query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ILIKE 'UPDATE%session%'`,
  );
  return row?.count ?? 0;
}

it("is refused to a user who signed in really, even in a browser that opened a demo link", async () => {
  const person = { email: "real@test.example", name: "real", password: "a long enough password" };
  await createUser(cliActor(), { ...person, orgRole: null });
  const browser = new BrowserSession(origin, "127.0.0.1");
  await browser.openDemoLink();
  expect(await browser.signIn("credentials", person)).toBeNull();
  const answer = await become(browser.cookieHeader, "admin");
  expect(answer.status).toBe(403);
  expect(answer.headers.getSetCookie()).toEqual([]);
  expect(await nameBehind(browser.cookieHeader)).toBe("real");
  const [refusal] = await query<{ object_id: string; reason: string }>(
    "SELECT object_id, detail->>'reason' AS reason FROM audit_event WHERE action = 'demo.switch-user' AND outcome = 'denied'",
  );
  expect(refusal).toMatchObject({ object_id: "admin" });
  expect(refusal?.reason).toContain("not signed in as a demo user");
});

it("needs the browser's demo cookie, and a link that still counts", async () => {
  const browser = await demoBrowser();
  const session = `rostrum.session=${browser.cookies.get("rostrum.session")}`;
  expect((await become(session, "admin")).status, "without the demo cookie").toBe(403);
  expect((await become(`${session}; rostrum.demo=rubbish`, "admin")).status).toBe(403);
  await execute("UPDATE demo_link SET used_at = now() - interval '8 days' WHERE used_at IS NOT NULL");
  expect((await become(browser.cookieHeader, "admin")).status, "a week after the link").toBe(403);
});

it("takes no token, no other site's request, no other host and no unknown role", async () => {
  const browser = await demoBrowser();
  const cookie = browser.cookieHeader;
  const token = { authorization: `Bearer ${developer.token}` };
  expect((await become(cookie, "admin", { ...token, origin })).status, "a demo user's token").toBe(403);
  const foreign: Record<string, string>[] = [
    { origin: "http://127.0.0.1:20001" },
    { "sec-fetch-site": "cross-site", origin },
    {},
  ];
  for (const headers of foreign) expect((await become(cookie, "admin", headers)).status).toBe(403);
  const workload = { host: "127.0.0.1:3000", origin: "http://127.0.0.1:3000" };
  expect((await become(cookie, "admin", workload)).status, "cookies count at the public host alone").toBe(
    401,
  );
  expect((await become("", "admin")).status, "what has no cookie").toBe(401);
  expect((await become(cookie, "root")).status).toBe(422);
  expect((await become(cookie, "finance")).status, "a role no demo user has").toBe(403);
  expect(await nameBehind(cookie)).toBe("demo-dev");
});

it("is over with the demo data", async () => {
  const browser = await demoBrowser();
  await execute("UPDATE app_user SET is_demo = false");
  expect((await become(browser.cookieHeader, "admin")).status).toBe(403);
});
