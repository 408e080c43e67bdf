import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as me } from "@/app/api/v1/me/route";
import { PATCH as updateUser } from "@/app/api/v1/users/[id]/route";
import { userIdOf } from "@/lib/features/projects";
import { resetConfig } from "@/lib/platform/config";
import { execute, query } from "@/lib/platform/db";
import { BrowserSession } from "../support/browser-session";
import type { TestDatabase } from "../support/database";
import { ForgedIdTokens, type Forgery } from "../support/forged-id-tokens";
import { hostOnly } from "../support/jar-browser";
import { call, makePerson, useTestPortal } from "../support/portal";

interface Claims {
  email?: string;
  email_verified?: boolean;
  name?: string;
}

const people = new Map<string, Claims>();
let database: TestDatabase;
let server: Server;
let issuer: string;
const forged = new ForgedIdTokens();

/** A real OpenID Connect provider, with its own sign-in and consent pages. */
async function startProvider(): Promise<void> {
  const callback = "http://localhost:3000/api/auth/callback/oidc";
  // The port is part of the issuer, so it is taken first.
  const http = await import("node:http");
  server = http.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      { client_id: "rostrum", client_secret: "rostrum-secret-rostrum-secret", redirect_uris: [callback] },
    ],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: ["test"] },
    jwks: forged.jwks,
    pkce: { required: () => true },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, ...people.get(sub) }),
    }),
  });
  server.on("request", forged.before(provider.callback()));
}

beforeAll(async () => {
  await startProvider();
  database = await useTestPortal({
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: "rostrum",
    OIDC_CLIENT_SECRET: "rostrum-secret-rostrum-secret",
    OIDC_NAME: "Test Company",
  });
});
afterAll(async () => {
  await database.drop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Walks through the provider's pages like a person; answers the address the browser is sent back to. */
async function authorize(start: string, sub: string): Promise<URL> {
  const jar = new BrowserSession(issuer);
  let url = new URL(start);
  let form: Record<string, string> | undefined;
  for (let hop = 0; hop < 20; hop += 1) {
    if (url.origin !== issuer) return url;
    const response = await fetch(url, {
      method: form ? "POST" : "GET",
      redirect: "manual",
      headers: { cookie: jar.cookieHeader },
      ...(form && { body: new URLSearchParams(form) }),
    });
    jar.keep(response.headers.getSetCookie());
    form = undefined;
    const location = response.headers.get("location");
    if (location) {
      url = new URL(location, url);
      continue;
    }
    const page = await response.text();
    const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1];
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    if (!action || !prompt) throw new Error(`No form at ${url} (${response.status}): ${page.slice(0, 300)}`);
    url = new URL(action, url);
    form = prompt === "login" ? { prompt, login: sub, password: "x" } : { prompt };
  }
  throw new Error("The provider went round in circles.");
}

/** The whole way; answers the browser and the error it was sent back with. */
async function signIn(sub: string): Promise<{ browser: BrowserSession; error: string | null }> {
  const browser = new BrowserSession();
  const response = await browser.auth("signin/oidc", {
    csrfToken: await browser.csrfToken(),
    callbackUrl: "/environments",
    json: "true",
  });
  const { url } = (await response.json()) as { url: string };
  expect(url).toContain(`${issuer}/auth?`);
  expect(url).toContain("code_challenge=");
  const back = await authorize(url, sub);
  expect(back.pathname).toBe("/api/auth/callback/oidc");
  const done = await browser.auth(`callback/oidc${back.search}`);
  const location = new URL(done.headers.get("location") ?? "", browser.origin);
  return { browser, error: location.searchParams.get("error") };
}

const whoAmI = async (browser: BrowserSession) =>
  await call(me, { headers: { cookie: browser.cookieHeader } });

describe("single sign-on with a real provider", () => {
  it("makes a new person a member without any role, and knows them the next time", async () => {
    people.set("sub-1", { email: "Ada@Company.example", email_verified: true, name: "Ada" });
    const first = await signIn("sub-1");
    expect(first.error).toBeNull();
    const { status, body } = await whoAmI(first.browser);
    expect(status).toBe(200);
    expect(body).toMatchObject({ email: "ada@company.example", name: "Ada", orgRole: null, projects: [] });
    people.set("sub-1", { email: "renamed@company.example", email_verified: true, name: "Ada L" });
    const second = await signIn("sub-1");
    expect((await whoAmI(second.browser)).body.id).toBe(body.id);
    await first.browser.signOut();
    expect((await whoAmI(second.browser)).status).toBe(200);
  });

  it("links to an existing person by a verified address only", async () => {
    const known = await makePerson("known");
    people.set("thief", { email: known.email, email_verified: false, name: "Thief" });
    const thief = await signIn("thief");
    expect(thief.error).toBe("email-not-verified");
    expect((await whoAmI(thief.browser)).status).toBe(401);
    people.set("owner", { email: known.email, email_verified: true, name: "Owner" });
    const owner = await signIn("owner");
    expect(owner.error).toBeNull();
    expect((await whoAmI(owner.browser)).body.id).toBe(known.id);
    const accounts = await query("SELECT subject FROM account WHERE user_id = $1", [known.id]);
    expect(accounts).toEqual([{ subject: "owner" }]);
  });

  it("gives an unverified address to no one: its owner gets a person of their own", async () => {
    people.set("early", { email: "victim@company.example", name: "Early" });
    const early = await signIn("early");
    expect(early.error).toBeNull();
    const { body: first } = await whoAmI(early.browser);
    expect(first.email).toBe(`${first.id}@unverified.invalid`);
    await expect(userIdOf("victim@company.example")).rejects.toThrow(/User not found/);
    people.set("victim", { email: "Victim@company.example", email_verified: true, name: "Victim" });
    const { body: second } = await whoAmI((await signIn("victim")).browser);
    expect(second.id).not.toBe(first.id);
    expect(second.email).toBe("victim@company.example");
    expect(await userIdOf("victim@company.example")).toBe(second.id);
    people.set("early", { email: "victim@company.example", email_verified: true });
    const { body: again } = await whoAmI((await signIn("early")).browser);
    expect([again.id, again.email], "the address is taken by its owner").toEqual([first.id, first.email]);
  });

  it("makes an address the person's own once the provider has verified it, or an administrator sets it", async () => {
    people.set("later", { email: "later@company.example", email_verified: false });
    const { body: before } = await whoAmI((await signIn("later")).browser);
    people.set("later", { email: "later@company.example", email_verified: true });
    const { body: after } = await whoAmI((await signIn("later")).browser);
    expect([after.id, after.email]).toEqual([before.id, "later@company.example"]);
    people.set("manual", { email: "manual@company.example" });
    const { body: manual } = await whoAmI((await signIn("manual")).browser);
    const admin = await makePerson("setter", { orgRole: "admin" });
    const set = (email: string) =>
      call(updateUser, {
        method: "PATCH",
        token: admin.token,
        params: { id: manual.id },
        body: { email },
      });
    expect((await set("later@company.example")).status).toBe(409);
    const { body: changed } = await set("manual@company.example");
    expect(changed).toMatchObject({ email: "manual@company.example", unclaimedEmail: null });
  });

  it("trusts a provider that says nothing only where it is told to, and never one that says no", async () => {
    process.env.OIDC_TRUST_EMAIL = "on";
    resetConfig();
    try {
      people.set("silent", { email: "silent@company.example" });
      const { body: silent } = await whoAmI((await signIn("silent")).browser);
      expect(silent.email).toBe("silent@company.example");
      people.set("denied", { email: "denied@company.example", email_verified: false });
      const { body: denied } = await whoAmI((await signIn("denied")).browser);
      expect(denied.email).toBe(`${denied.id}@unverified.invalid`);
    } finally {
      delete process.env.OIDC_TRUST_EMAIL;
      resetConfig();
    }
  });

  it("keeps disabled people and those without an address out", async () => {
    people.set("sub-2", { email: "leaver@company.example", email_verified: true });
    expect((await signIn("sub-2")).error).toBeNull();
    await execute("UPDATE app_user SET disabled_at = now() WHERE email = 'leaver@company.example'");
    expect((await signIn("sub-2")).error).toBe("disabled");
    people.set("sub-3", {});
    expect((await signIn("sub-3")).error).toBe("no-email");
  });

  it("refuses an answer that belongs to another browser", async () => {
    people.set("sub-4", { email: "four@company.example", email_verified: true });
    const [mine, theirs] = [new BrowserSession(), new BrowserSession()];
    const response = await mine.auth("signin/oidc", { csrfToken: await mine.csrfToken(), json: "true" });
    const { url } = (await response.json()) as { url: string };
    const back = await authorize(url, "sub-4");
    await theirs.auth(`callback/oidc${back.search}`);
    expect((await whoAmI(theirs)).status).toBe(401);
  });

  const now = () => Math.floor(Date.now() / 1000);
  const forgeries: [string, Forgery][] = [
    ["for another client", { claims: (claims) => ({ ...claims, aud: "another" }) }],
    [
      "for several clients, made for another",
      { claims: (claims) => ({ ...claims, aud: ["rostrum", "x"], azp: "x" }) },
    ],
    ["without a client", { claims: ({ aud: _, ...claims }) => claims }],
    ["of another sign-in (nonce)", { claims: (claims) => ({ ...claims, nonce: "an-earlier-one" }) }],
    ["without a nonce", { claims: ({ nonce: _, ...claims }) => claims }],
    ["of another issuer", { claims: (claims) => ({ ...claims, iss: "https://evil.example" }) }],
    ["that has ended", { claims: (claims) => ({ ...claims, iat: now() - 7_200, exp: now() - 3_600 }) }],
    ["signed with another key", { signedBy: "stranger" }],
    ["without a signature", { signedBy: "nobody" }],
  ];

  it.each(forgeries)("refuses an ID token %s", async (_what, forgery) => {
    people.set("sub-5", { email: "five@company.example", email_verified: true });
    forged.forgery = forgery;
    try {
      const { browser, error } = await signIn("sub-5");
      expect(error).not.toBeNull();
      expect((await whoAmI(browser)).status).toBe(401);
      expect(await query("SELECT 1 FROM app_user WHERE email = 'five@company.example'")).toEqual([]);
    } finally {
      forged.forgery = undefined;
    }
  });

  it("takes an ID token that was only signed again, so that the others are refused for what they say", async () => {
    people.set("sub-6", { email: "six@company.example", email_verified: true });
    forged.forgery = {};
    const { browser, error } = await signIn("sub-6").finally(() => {
      forged.forgery = undefined;
    });
    expect(error).toBeNull();
    expect((await whoAmI(browser)).body.email).toBe("six@company.example");
  });

  it("keeps what it must remember meanwhile in cookies for this host alone over https", async () => {
    const keep = process.env.PUBLIC_URL;
    process.env.PUBLIC_URL = "https://rostrum.example.com";
    resetConfig();
    const browser = new BrowserSession("https://rostrum.example.com");
    const csrfToken = await browser.csrfToken();
    const response = await browser.auth("signin/oidc", { csrfToken, json: "true" });
    const names = response.headers.getSetCookie().map((cookie) => cookie.split("=")[0]);
    expect(names).toEqual(
      expect.arrayContaining(["__Host-next-auth.pkce.code_verifier", "__Host-next-auth.state"]),
    );
    for (const cookie of response.headers.getSetCookie()) expect(cookie).toMatch(hostOnly);
    process.env.PUBLIC_URL = keep;
    resetConfig();
  });

  it("offers no provider where none is configured", async () => {
    const keep = process.env.OIDC_ISSUER;
    for (const name of ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"]) delete process.env[name];
    resetConfig();
    const providers = (await (await new BrowserSession().auth("providers")).json()) as object;
    expect(Object.keys(providers)).toEqual(["credentials", "demo"]);
    process.env.OIDC_ISSUER = keep;
  });
});
