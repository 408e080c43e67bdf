import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { GET as me } from "@/app/api/v1/me/route";
import { createDemoLink, listDemoUsers, openDemoLink } from "@/lib/features/identity";
import { cliActor } from "@/lib/platform/auth";
import { resetConfig } from "@/lib/platform/config";
import { hashToken } from "@/lib/platform/crypto";
import { execute, query } from "@/lib/platform/db";
import { resetRateLimits } from "@/lib/platform/http";
import { admin$ } from "../support/admin";
import { BrowserSession } from "../support/browser-session";
import type { TestDatabase } from "../support/database";
import { call, makePerson, makeProject, useTestPortal } from "../support/portal";

/** Demo users are for browsers that opened a link which only the terminal shows. */

let database: TestDatabase;

beforeAll(async () => {
  database = await useTestPortal();
  const projectId = await makeProject("demo");
  await makePerson("demo-dev", { isDemo: true, projects: { [projectId]: "developer" } });
  await makePerson("demo-root", { isDemo: true, orgRole: "admin" });
});
afterAll(async () => await database.drop());
beforeEach(() => resetRateLimits());

const used = "/sign-in?error=DemoLink";

async function refusals(action: string): Promise<{ detail: Record<string, string>; ip: string }[]> {
  return await query(
    `SELECT detail, ip FROM audit_event WHERE action = $1 AND outcome = 'denied' ORDER BY at DESC`,
    [action],
  );
}

it("lets the browser that opened the link sign in as demo users, and no other one", async () => {
  const browser = new BrowserSession("http://localhost:3000", "127.0.0.1");
  expect(await browser.signIn("demo", { role: "admin" })).toBe("CredentialsSignin");
  expect((await refusals("session.sign-in"))[0]?.detail).toMatchObject({
    method: "demo",
    why: "no demo link opened in this browser",
  });
  expect(await browser.openDemoLink()).toBe("/sign-in");
  expect(await browser.signIn("demo", { role: "developer" })).toBeNull();
  const mine = await call(me, { headers: { cookie: browser.cookieHeader } });
  expect(mine.body).toMatchObject({ name: "demo-dev", isDemo: true });
  await browser.signOut();
  expect(await browser.signIn("demo", { role: "admin" })).toBeNull();
  expect(await browser.signIn("demo", { role: "finance" })).toBe("CredentialsSignin");
  const other = new BrowserSession("http://localhost:3000", "127.0.0.1");
  expect(await other.signIn("demo", { role: "admin" })).toBe("CredentialsSignin");
});

it("opens once, also when many browsers follow it at the same moment", async () => {
  const token = await createDemoLink(cliActor());
  const browsers = Array.from({ length: 12 }, () => new BrowserSession());
  const led = await Promise.all(browsers.map((browser) => browser.openDemoLink(token)));
  expect(led.filter((to) => to === "/sign-in")).toHaveLength(1);
  expect(led.filter((to) => to === used)).toHaveLength(11);
  expect(browsers.filter((browser) => browser.cookies.has("rostrum.demo"))).toHaveLength(1);
  const first = browsers.find((browser) => browser.cookies.has("rostrum.demo"));
  expect(await first?.openDemoLink(token), "in the browser it is good for").toBe("/sign-in");
  expect((await refusals("demo.link-use")).length).toBeGreaterThanOrEqual(11);
});

it("is not used up by a browser that looks ahead, and not opened at another host", async () => {
  const token = await createDemoLink(cliActor());
  const ask = (headers: Record<string, string>) =>
    openDemoLink(new Request(`http://x/demo/${token}`, { headers }), token);
  const ahead = await ask({ host: "localhost:3000", "sec-purpose": "prefetch;prerender" });
  expect([ahead.status, ahead.headers.getSetCookie()]).toEqual([503, []]);
  const elsewhere = await ask({ host: "127.0.0.1:3000" });
  expect([elsewhere.status, elsewhere.headers.getSetCookie()]).toEqual([421, []]);
  expect(await new BrowserSession().openDemoLink(token)).toBe("/sign-in");
});

it("ends with its day, and what it opened with its week or the link's row", async () => {
  const late = await createDemoLink(cliActor());
  await execute("UPDATE demo_link SET expires_at = now() WHERE hash = $1", [hashToken(late)]);
  expect(await new BrowserSession().openDemoLink(late)).toBe(used);
  const browser = new BrowserSession();
  await browser.openDemoLink();
  const offered = async () =>
    (await listDemoUsers(new Headers({ host: "localhost:3000", cookie: browser.cookieHeader }))).length;
  expect(await offered()).toBe(2);
  await execute("UPDATE demo_link SET used_at = now() - interval '7 days 1 s' WHERE used_at IS NOT NULL");
  expect(await offered()).toBe(0);
  await createDemoLink(cliActor());
  expect(await query("SELECT 1 FROM demo_link WHERE used_at IS NOT NULL OR expires_at <= now()")).toEqual([]);
});

it("takes no cookie that is forged, another's, or of a session", async () => {
  const browser = new BrowserSession();
  await browser.openDemoLink();
  const good = browser.cookies.get("rostrum.demo") ?? "";
  await browser.signIn("demo", { role: "developer" });
  const session = browser.cookies.get("rostrum.session") ?? "";
  const offered = async (value: string, host = "localhost:3000") =>
    (await listDemoUsers(new Headers({ host, cookie: `rostrum.demo=${value}` }))).length;
  expect(await offered(good)).toBe(2);
  for (const wrong of ["", "rubbish", "a.b.c.d.e", session, `${good.slice(0, -4)}AAAA`])
    expect(await offered(wrong)).toBe(0);
  expect(await offered(good, "127.0.0.1:3000")).toBe(0);
  const asSession = await call(me, { headers: { cookie: `rostrum.session=${good}` } });
  expect(asSession.status).toBe(401);
});

it("is kept as a hash, and neither it nor its hash stands in the audit log", async () => {
  const token = await createDemoLink(cliActor());
  expect(token.length).toBeGreaterThanOrEqual(32);
  await new BrowserSession().openDemoLink(token);
  await new BrowserSession().openDemoLink("a-guess-of-somebody");
  const rowsOf = async (table: string) =>
    JSON.stringify(await query(`SELECT to_jsonb(t)::text AS row FROM ${table} t`));
  const audit = await rowsOf("audit_event");
  const stored = `${audit}${await rowsOf("demo_link")}`;
  expect(stored).toContain(hashToken(token));
  expect(stored).not.toContain(token);
  expect(stored).not.toContain("a-guess-of-somebody");
  expect(audit).not.toContain(hashToken(token));
});

it("is printed alone by the command line, with the address people use", async () => {
  const lines = await admin$("demo", "link");
  expect(lines).toHaveLength(1);
  const link = new URL(lines[0] ?? "");
  expect(link.origin).toBe("http://localhost:3000");
  expect(await new BrowserSession().openDemoLink(link.pathname.split("/")[2])).toBe("/sign-in");
});

it("works wherever the portal is reached, in a cookie for that host alone over https", async () => {
  const before = process.env.PUBLIC_URL;
  Object.assign(process.env, { PUBLIC_URL: "https://rostrum.example.com", HOST: "0.0.0.0" });
  resetConfig();
  const browser = new BrowserSession("https://rostrum.example.com", "203.0.113.9");
  await browser.openDemoLink();
  expect([...browser.cookies.keys()]).toEqual(["__Host-rostrum.demo"]);
  expect(await browser.signIn("demo", { role: "developer" })).toBeNull();
  process.env.PUBLIC_URL = before;
  delete process.env.HOST;
  resetConfig();
});

it("is not made without demo users", async () => {
  await execute("UPDATE app_user SET is_demo = false");
  await expect(createDemoLink(cliActor())).rejects.toThrow("No demo data is loaded");
  const browser = new BrowserSession();
  expect(await browser.signIn("demo", { role: "developer" })).toBe("CredentialsSignin");
});
