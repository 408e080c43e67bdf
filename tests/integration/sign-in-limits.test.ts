import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pruneLoginThrottle } from "@/lib/features/identity";
import { createUser } from "@/lib/features/users";
import { cliActor, flushRefusals } from "@/lib/platform/auth";
import { resetConfig } from "@/lib/platform/config";
import { execute, query } from "@/lib/platform/db";
import { resetRateLimits } from "@/lib/platform/http";
import { BrowserSession } from "../support/browser-session";
import type { TestDatabase } from "../support/database";
import { type HttpPortal, startHttpPortal } from "../support/http-portal";
import { useTestPortal } from "../support/portal";

/** Guessing a password over HTTP from several addresses, behind a proxy on this machine that says whose they are. */

const password = "a long enough password";
const device = "rostrum.device";
let database: TestDatabase;
let portal: HttpPortal;

beforeAll(async () => {
  database = await useTestPortal({ TRUSTED_PROXIES: "loopback" });
  portal = await startHttpPortal();
});
afterAll(async () => {
  await portal.close();
  await database.drop();
});
beforeEach(async () => {
  await execute("DELETE FROM login_throttle");
  resetRateLimits();
});

/** A browser that no one has seen before. */
function browserAt(ip: string): BrowserSession {
  return new BrowserSession(portal.url, ip, async (request) => await fetch(request));
}

async function newAccount(): Promise<{ id: string; email: string }> {
  const email = `${randomBytes(6).toString("hex")}@people.example`;
  const { id } = await createUser(cliActor(), { email, name: "Somebody", password, orgRole: null });
  return { id, email };
}

const signIn = (browser: BrowserSession, email: string, given = password) =>
  browser.signIn("credentials", { email, password: given });
const guess = (ip: string, email: string) => signIn(browserAt(ip), email, "wrong");

/** Strangers all over the world guess until the account makes them wait. */
async function attack(email: string): Promise<string | null> {
  for (let index = 0; index < 10; index += 1) {
    expect(await guess(`198.51.100.${index}`, email)).toBe("CredentialsSignin");
  }
  return await guess("198.51.100.99", email);
}

const waited = async (key: string, seconds: number) =>
  void (await execute(
    "UPDATE login_throttle SET window_start = window_start - make_interval(secs => $2) WHERE key LIKE $1",
    [`${key}%`, seconds],
  ));

describe("a stranger", () => {
  it("has five tries at an account from one address, then a growing wait, even with the right password", async () => {
    const { email } = await newAccount();
    for (let index = 0; index < 5; index += 1)
      expect(await guess("203.0.113.1", email)).toBe("CredentialsSignin");
    expect(await signIn(browserAt("203.0.113.1"), email)).toMatch(/^Throttled-[1-5]$/);
    await waited(`pair:${email}`, 6);
    expect(await guess("203.0.113.1", email)).toBe("CredentialsSignin");
    expect(await signIn(browserAt("203.0.113.1"), email)).toMatch(/^Throttled-([6-9]|10)$/);
    expect(await signIn(browserAt("203.0.113.2"), email), "another address").toBeNull();
    await waited(`pair:${email}`, 11);
    expect(await signIn(browserAt("203.0.113.1"), email)).toBeNull();
    expect(await query("SELECT 1 FROM login_throttle WHERE key LIKE $1", [`pair:${email}%`])).toHaveLength(0);
  });

  it("waits for what strangers elsewhere did, and not longer for asking again", async () => {
    const { email } = await newAccount();
    expect(await attack(email)).toMatch(/^Throttled-[12]$/);
    for (let index = 0; index < 7; index += 1) {
      expect(await signIn(browserAt("203.0.113.5"), email)).toMatch(/^Throttled-[12]$/);
    }
    await waited(`account:${email}`, 3);
    expect(await guess("198.51.100.98", email), "a wait is over: one try").toBe("CredentialsSignin");
    expect(await guess("198.51.100.97", email), "and a longer wait").toMatch(/^Throttled-[234]$/);
    await waited(`account:${email}`, 5);
    expect(await signIn(browserAt("203.0.113.5"), email)).toBeNull();
  });

  it("waits for an address that tried many accounts", async () => {
    for (let index = 0; index < 20; index += 1) {
      expect(await guess("203.0.113.20", `nobody-${index}@people.example`)).toBe("CredentialsSignin");
    }
    const { email } = await newAccount();
    expect(await signIn(browserAt("203.0.113.20"), email)).toMatch(/^Throttled-/);
    expect(await signIn(browserAt("203.0.113.21"), email)).toBeNull();
  });

  it("hears the same about accounts that exist and that do not", async () => {
    const heard: (string | null)[][] = [];
    for (const email of [(await newAccount()).email, "no-such-account@people.example"]) {
      resetRateLimits();
      const answers = [await attack(email)];
      for (let index = 0; index < 7; index += 1) answers.push(await guess("203.0.113.30", email));
      await waited("account:", 3_000);
      for (let index = 0; index < 3; index += 1) answers.push(await guess("203.0.113.31", email));
      heard.push(answers.map((one) => one?.replace(/\d+$/, "n") ?? null));
    }
    expect(heard[0]).toEqual(heard[1]);
  });

  it("is one address to the portal, whatever it says, where no proxy is named", async () => {
    const { email } = await newAccount();
    delete process.env.TRUSTED_PROXIES;
    resetConfig();
    try {
      for (let index = 0; index < 5; index += 1) await guess(`192.0.2.${index}`, email);
      expect(await guess("192.0.2.77", email)).toMatch(/^Throttled-[1-5]$/);
      const [row] = await query<{ key: string }>("SELECT key FROM login_throttle WHERE key LIKE 'address:%'");
      expect(row?.key).toBe("address:127.0.0.1");
    } finally {
      process.env.TRUSTED_PROXIES = "loopback";
      resetConfig();
    }
  });

  it("does not get more tries by guessing at once", async () => {
    const { email } = await newAccount();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => guess(`198.51.100.${index + 100}`, email)),
    );
    expect(answers.filter((one) => one === "CredentialsSignin")).toHaveLength(10);
    expect(answers.filter((one) => one?.startsWith("Throttled-"))).toHaveLength(20);
  });
});

describe("a user who has signed in before", () => {
  it("gets in from the same browser with the right password, wherever it is, while strangers wait", async () => {
    const { email } = await newAccount();
    const mine = browserAt("203.0.113.40");
    expect(await signIn(mine, email)).toBeNull();
    await mine.signOut();
    expect([...mine.cookies.keys()]).toContain(device);
    await attack(email);
    mine.ip = "203.0.113.41";
    for (let index = 0; index < 6; index += 1) await guess("203.0.113.41", email);
    expect(await signIn(browserAt("203.0.113.41"), email), "a stranger there").toMatch(/^Throttled-/);
    expect(await signIn(mine, email)).toBeNull();
    expect(await signIn(browserAt("203.0.113.42"), email), "strangers still wait").toMatch(/^Throttled-/);
  });

  it("gets in with a living session, also without the device cookie", async () => {
    const { email } = await newAccount();
    const mine = browserAt("203.0.113.50");
    await signIn(mine, email);
    mine.cookies.delete(device);
    mine.ip = "203.0.113.51";
    await attack(email);
    expect(await signIn(mine, email)).toBeNull();
  });

  it("gets in from the same address with another browser", async () => {
    const { email } = await newAccount();
    await signIn(browserAt("203.0.113.60"), email);
    await attack(email);
    expect(await signIn(browserAt("203.0.113.60"), email)).toBeNull();
    expect(await signIn(browserAt("203.0.113.61"), email)).toMatch(/^Throttled-/);
  });

  it("has five tries like everybody, and makes only itself wait", async () => {
    const { email } = await newAccount();
    const [mine, other] = [browserAt("203.0.113.70"), browserAt("203.0.113.71")];
    for (const one of [mine, other]) await signIn(one, email);
    for (let index = 0; index < 5; index += 1)
      expect(await signIn(mine, email, "wrong")).toBe("CredentialsSignin");
    expect(await signIn(mine, email)).toMatch(/^Throttled-/);
    expect(await signIn(other, email)).toBeNull();
    expect(await signIn(browserAt("203.0.113.72"), email)).toBeNull();
  });

  it("shares a browser with others: each is known in it", async () => {
    const accounts = [await newAccount(), await newAccount(), await newAccount()];
    const shared = browserAt("203.0.113.80");
    for (const { email } of accounts) {
      await signIn(shared, email);
      await shared.signOut();
    }
    shared.ip = "203.0.113.81";
    for (const { email } of accounts) {
      await attack(email);
      expect(await signIn(shared, email)).toBeNull();
      await shared.signOut();
    }
  });
});

describe("the device cookie", () => {
  it("is out of reach of scripts and other sites, and names no one", async () => {
    const { id, email } = await newAccount();
    const browser = browserAt("203.0.113.90");
    const csrfToken = await browser.csrfToken();
    const answer = await browser.auth("callback/credentials", { email, password, csrfToken, json: "true" });
    const cookie = answer.headers.getSetCookie().find((one) => one.startsWith(`${device}=`)) ?? "";
    expect(cookie).toMatch(/Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
    for (const part of cookie.split(/[=.~;]/)) {
      const text = Buffer.from(part, "base64url").toString("latin1");
      expect(text.includes(id) || text.includes(email)).toBe(false);
    }
    process.env.PUBLIC_URL = "https://portal.example.com";
    resetConfig();
    try {
      const { deviceCookieName, rememberBrowser } = await import("@/lib/features/identity/device");
      expect(deviceCookieName()).toBe("__Host-rostrum.device");
      expect(await rememberBrowser(id, null)).toMatch(/; Secure$/);
    } finally {
      process.env.PUBLIC_URL = "http://localhost:3000";
      resetConfig();
    }
  });

  it("is worth nothing forged, for another account, or after the password changed", async () => {
    const [victim, attacker] = [await newAccount(), await newAccount()];
    const known = browserAt("203.0.113.95");
    await signIn(known, victim.email);
    const mine = known.cookies.get(device) ?? "";
    const own = browserAt("203.0.113.96");
    await signIn(own, attacker.email);
    await attack(victim.email);
    const [nonce = "", issued = "", mac = ""] = mine.split(".");
    const worthless = [
      own.cookies.get(device) ?? "",
      `${nonce}.${issued}.${mac.slice(0, -2)}AA`,
      `${nonce}.zzzzzzzzzz.${mac}`,
      `${randomBytes(16).toString("base64url")}.${issued}.${mac}`,
      `${nonce}..${mac}`,
      "~~~",
    ];
    const tries = async (cookie: string) => {
      const browser = browserAt("203.0.113.97");
      browser.cookies.set(device, cookie);
      return await signIn(browser, victim.email);
    };
    for (const cookie of worthless) expect(await tries(cookie), cookie).toMatch(/^Throttled-/);
    expect(await tries(`${worthless[1]}~${mine}`), "the real one").toBeNull();
    await execute("DELETE FROM session WHERE user_id = $1", [victim.id]);
    await execute("UPDATE app_user SET password_hash = password_hash || '=' WHERE id = $1", [victim.id]);
    expect(await tries(mine)).toMatch(/^Throttled-/);
  });
});

it("writes every refused sign-in down, and the repeats as a number", async () => {
  const { email } = await newAccount();
  await attack(email);
  for (let index = 0; index < 4; index += 1) await guess("203.0.113.99", email);
  await flushRefusals();
  const rows = await query<{ why: string; n: number }>(
    `SELECT detail->>'why' AS why, sum(coalesce((detail->>'repeated')::int, 1))::int AS n FROM audit_event
      WHERE action = 'session.sign-in' AND outcome = 'denied' AND (object_id = $1 OR object_id IN
        (SELECT id FROM app_user WHERE email = $1)) GROUP BY 1 ORDER BY 1`,
    [email],
  );
  expect(rows).toEqual([
    { why: "too many failed attempts", n: 5 },
    { why: "wrong password", n: 10 },
  ]);
});

it("forgets failures after an hour", async () => {
  const { email } = await newAccount();
  await attack(email);
  await waited("", 3_700);
  expect(await pruneLoginThrottle()).toBeGreaterThan(0);
  expect(await query("SELECT 1 FROM login_throttle WHERE key LIKE $1", [`%${email}%`])).toHaveLength(0);
});
