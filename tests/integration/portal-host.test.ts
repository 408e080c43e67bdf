import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Server } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createDemoLink } from "@/lib/features/identity";
import { cliActor, flushRefusals } from "@/lib/platform/auth";
import { resetConfig } from "@/lib/platform/config";
import { query } from "@/lib/platform/db";
import { resetRateLimits } from "@/lib/platform/http";
import type { TestDatabase } from "../support/database";
import { hostOnly, JarBrowser } from "../support/jar-browser";
import { makePerson, makeProject, type TestPerson, useTestPortal } from "../support/portal";
import { startPortalServer } from "../support/portal-server";

/** The portal over real HTTP on a port of 127.0.0.1, beside a workload on another one. */

let database: TestDatabase;
let server: Server;
let port: number;
let person: TestPerson;

beforeAll(async () => {
  database = await useTestPortal();
  const projectId = await makeProject("demo");
  await makePerson("demo-dev", { isDemo: true, projects: { [projectId]: "developer" } });
  await makePerson("demo-root", { isDemo: true, orgRole: "admin" });
  person = await makePerson("ada");
  ({ server, port } = await startPortalServer());
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await database.drop();
});
beforeEach(() => {
  resetRateLimits();
  reachedAt(`http://localhost:${port}`);
});

function reachedAt(publicUrl: string): void {
  process.env.PUBLIC_URL = publicUrl;
  resetConfig();
}

const newLink = async () => `/demo/${await createDemoLink(cliActor())}`;

/** Runs a program as another process of this machine, as components are, and answers what it prints. */
async function runBeside(program: string): Promise<string> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    env: { NODE_ENV: "test", PORTAL: `127.0.0.1:${port}` },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
  });
  const [code] = await once(child, "close");
  expect(code).toBe(0);
  return output;
}

const attack = `
import { request } from "node:http";
const [hostname, port] = process.env.PORTAL.split(":");
const seen = [];
async function send(method, path, host, cookie, form) {
  const body = form && new URLSearchParams(form).toString();
  const headers = { host, cookie, ...(body && { "content-type": "application/x-www-form-urlencoded" }) };
  return await new Promise((done, fail) => {
    const sent = request({ hostname, port, method, path, headers }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => { text += chunk; });
      answer.on("end", () => done({ status: answer.statusCode, text, cookies: answer.headers["set-cookie"] ?? [] }));
    });
    sent.on("error", fail);
    sent.end(body);
  });
}
const pairs = (cookies) => cookies.map((one) => one.split(";")[0]);
for (const host of ["localhost:" + port, "127.0.0.1:" + port, "[::1]:" + port, "localhost"]) {
  for (const planted of [[], ["rostrum.demo=x"], ["rostrum.demo=eyJhbGciOiJub25lIn0.e30."]]) {
    const csrf = await send("GET", "/api/auth/csrf", host, planted.join("; "));
    const jar = [...planted, ...pairs(csrf.cookies)];
    const csrfToken = csrf.status === 200 ? JSON.parse(csrf.text).csrfToken : "none";
    for (const role of ["admin", "developer"]) {
      const answer = await send("POST", "/api/auth/callback/demo", host, jar.join("; "), { role, csrfToken, json: "true" });
      seen.push(...pairs(answer.cookies));
    }
  }
  for (const token of ["", "x", "A".repeat(32), "..%2f..", "%00"])
    seen.push(...pairs((await send("GET", "/demo/" + token, host, "")).cookies));
}
console.log(JSON.stringify(seen));
`;

describe("a workload on this machine", () => {
  it("signs in as no one, whatever host it names, and every try is in the audit log", async () => {
    await createDemoLink(cliActor());
    const cookies = JSON.parse(await runBeside(attack)) as string[];
    expect(cookies.filter((one) => /rostrum\.(session|demo)=/.test(one))).toEqual([]);
    expect(await query("SELECT 1 FROM session")).toEqual([]);
    await flushRefusals();
    const refused = await query<{ n: number }>(
      `SELECT sum(coalesce((detail->>'repeated')::int, 1))::int AS n FROM audit_event
        WHERE action = 'session.sign-in' AND outcome = 'denied'`,
    );
    // Two names of the public host, three jars, two roles; at other hosts nothing is even looked at.
    expect(refused[0]?.n).toBe(12);
  });

  it("never gets the portal's cookies, also from a person who went to 127.0.0.1 first", async () => {
    const workload = await startWorkload();
    try {
      const browser = new JarBrowser();
      const origin = `http://localhost:${port}`;
      const first = await browser.get(`http://127.0.0.1:${port}/environments?search=x`);
      expect(first.visited.slice(1)).toEqual([`${origin}/environments?search=x`]);
      const opened = await browser.get(`http://127.0.0.1:${port}${await newLink()}`);
      expect(opened.url.href).toBe(`${origin}/sign-in`);
      expect(await browser.signIn(origin, "demo", { role: "admin" })).toBeNull();
      expect(JSON.parse((await browser.get(`${origin}/api/v1/me`)).body)).toMatchObject({ isDemo: true });
      expect(browser.cookiesFor("localhost")).toMatch(/rostrum\.session=/);
      expect([...browser.jar.keys()]).toEqual(["localhost"]);
      // Ports keep no cookies apart: the same browser would bring them to a workload that had the portal's host.
      const received = await browser.get(`http://127.0.0.1:${workload.port}/`);
      expect(JSON.parse(received.body)).toEqual({ cookie: null });
      const shared = await browser.get(`http://localhost:${workload.port}/`);
      expect(JSON.parse(shared.body).cookie).toMatch(/rostrum\.session=/);
    } finally {
      workload.child.kill();
    }
  });
});

async function startWorkload(): Promise<{ child: ChildProcess; port: number }> {
  const program = `
    import { createServer } from "node:http";
    const server = createServer((request, answer) => answer.end(JSON.stringify({ cookie: request.headers.cookie ?? null })));
    server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    env: { NODE_ENV: "test" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  return { child, port: Number(String(line)) };
}

describe("another host than the public one", () => {
  const raw = async (path: string, init: RequestInit = {}) =>
    await fetch(`http://127.0.0.1:${port}${path}`, { redirect: "manual", ...init });

  it("redirects pages, and keeps the port of a tunnel", async () => {
    const answer = await raw("/catalog?q=a%2Fb");
    expect([answer.status, answer.headers.get("location")]).toEqual([
      307,
      `http://localhost:${port}/catalog?q=a%2Fb`,
    ]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect((await raw("/", { method: "HEAD" })).status).toBe(307);
    // Not a way to another site: the origin stands before whatever path was sent.
    expect((await raw("//evil.example/")).headers.get("location")).toBe(
      `http://localhost:${port}//evil.example/`,
    );
    expect((await raw("/environments", { method: "POST" })).status).toBe(421);
  });

  it("answers health and bearer tokens, and takes no cookie", async () => {
    const browser = new JarBrowser();
    const origin = `http://localhost:${port}`;
    await browser.get(`${origin}${await newLink()}`);
    await browser.signIn(origin, "demo", { role: "developer" });
    const cookie = browser.cookiesFor("localhost");
    expect((await raw("/api/v1/health")).status).toBe(200);
    const authorization = `Bearer ${person.token}`;
    expect((await raw("/api/v1/me", { headers: { authorization } })).status).toBe(200);
    expect((await raw("/api/v1/me", { headers: { cookie } })).status).toBe(401);
    expect((await browser.get(`${origin}/api/v1/me`)).status).toBe(200);
    const csrf = await raw("/api/auth/csrf");
    expect([csrf.status, csrf.headers.getSetCookie()]).toEqual([421, []]);
  });

  it("of the network leads nowhere while the portal is this machine's, and says what to set", async () => {
    const browser = new JarBrowser();
    const answer = await browser.get(`http://build-host.example:${port}/`);
    expect(answer.status).toBe(421);
    expect(answer.body).toContain(`The URL of this portal is http://localhost:${port}.`);
    expect(answer.body).toContain("set PUBLIC_URL");
  });

  it("is found out in a circle, when a proxy hides what it was asked", async () => {
    reachedAt("https://rostrum.example.com");
    const answers: number[] = [];
    for (let turn = 0; turn < 8; turn += 1) answers.push((await raw("/catalog")).status);
    expect(answers).toEqual([307, 307, 307, 307, 307, 307, 421, 421]);
    expect(await (await raw("/catalog")).text()).toContain("forward the Host header");
    const named = { headers: { "x-forwarded-host": "rostrum.example.com" } };
    process.env.TRUSTED_PROXIES = "loopback";
    resetConfig();
    expect((await raw("/catalog", named)).status).toBe(200);
    process.env.TRUSTED_PROXIES = "203.0.113.1";
    resetConfig();
    expect((await raw("/sign-in", named)).status).toBe(307);
    delete process.env.TRUSTED_PROXIES;
    resetConfig();
  });
});

describe("cookies", () => {
  /** Every Set-Cookie of a whole sign-in with a demo link, as it comes over the wire. */
  async function setCookies(host: string): Promise<string[]> {
    const all: string[] = [];
    const jar = new Map<string, string>();
    const send = async (path: string, form?: Record<string, string>) => {
      const answer = await new JarBrowser(port).send(
        form ? "POST" : "GET",
        new URL(`http://${host}${path}`),
        {
          cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
        },
        form && new URLSearchParams(form).toString(),
      );
      for (const one of answer.headers["set-cookie"] ?? []) {
        all.push(one);
        const [pair = ""] = one.split(";");
        jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
      }
      return answer.body;
    };
    await send(await newLink());
    const { csrfToken } = JSON.parse(await send("/api/auth/csrf"));
    const form = { csrfToken, callbackUrl: "/", json: "true" };
    await send("/api/auth/callback/demo", { ...form, role: "developer" });
    await send("/api/auth/signout", form);
    return all;
  }
  const nameOf = (cookie: string) => cookie.slice(0, cookie.indexOf("="));
  const names = ["next-auth.callback-url", "next-auth.csrf-token", "rostrum.demo", "rostrum.session"];

  it("are for one host alone over https", async () => {
    reachedAt("https://rostrum.example.com");
    const all = await setCookies("rostrum.example.com");
    expect([...new Set(all.map(nameOf))].sort()).toEqual(names.map((name) => `__Host-${name}`));
    for (const cookie of all) expect(cookie).toMatch(hostOnly);
  });

  it("have no prefix over http, and the same limits", async () => {
    const all = await setCookies(`localhost:${port}`);
    expect([...new Set(all.map(nameOf))].sort()).toEqual(names);
    for (const cookie of all) {
      expect(cookie).not.toMatch(/secure|domain=/i);
      expect(cookie).toMatch(/; ?Path=\/(;|$)/);
      expect(cookie).toMatch(/; ?HttpOnly/i);
      expect(cookie).toMatch(/; ?SameSite=Lax/i);
    }
  });
});
