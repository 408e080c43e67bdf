import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildTemplates } from "@/scripts/build-templates";
import { createEmptyDatabase, startPrivatePostgres, type TestDatabase } from "@/tests/support/database";
import { type RunningProgram, startProgram, waitForAnswer } from "@/tests/support/template-programs";

/** All that programs of templates get of our own environment. */
const bare = { NODE_ENV: "production", PATH: process.env.PATH } as const;

let built = "";
let running: RunningProgram[] = [];
let databases: TestDatabase[] = [];

beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), "rostrum-apps-"));
  await buildTemplates(built);
}, 60_000);
afterAll(() => rmSync(built, { recursive: true, force: true }));
afterEach(async () => {
  for (const program of running) program.kill("SIGKILL");
  await Promise.all(running.map((program) => program.ended()));
  await Promise.all(databases.map((database) => database.drop()));
  running = [];
  databases = [];
});

async function start(folder: string, args: string[], environment: Record<string, string> = {}) {
  const program = await startProgram(join(built, folder), args, environment);
  running.push(program);
  return program;
}

async function createDatabase(): Promise<TestDatabase> {
  const database = await createEmptyDatabase();
  databases.push(database);
  return database;
}

function postForm(url: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  return fetch(url, { method: "POST", body: new URLSearchParams(fields), headers, redirect: "manual" });
}

function postJson(url: string, value: unknown) {
  const headers = { "content-type": "application/json" };
  return fetch(url, { method: "POST", body: JSON.stringify(value), headers });
}

describe("web-with-postgres", () => {
  const folder = "web-with-postgres/app";

  async function startWeb(url: string, environment: Record<string, string> = {}) {
    const web = await start(folder, ["server.mjs"], { DATABASE_URL: url, ...environment });
    await waitForAnswer(`${web.url}/healthz`, 200);
    return web;
  }

  it("shows its configuration but no password, and keeps entries over a restart", async () => {
    const { url } = await createDatabase();
    const environment = { APP_TITLE: "Notes <&>", APP_GREETING: "Hello", ENVIRONMENT_NAME: "blue-one" };
    const first = await startWeb(url, { ...environment, APP_SIZE: "medium", APP_ACCENT: "#b4337a" });
    const added = await postForm(`${first.url}/entries`, {
      author: "Ada",
      message: "<script>alert(1)</script>",
    });
    expect(added.status).toBe(303);
    first.kill("SIGTERM");
    expect(await first.ended()).toBe(0);

    const second = await startWeb(url, environment);
    const text = await (await fetch(second.url)).text();
    expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(text).not.toContain("<script>alert");
    expect(text).toContain("Notes &lt;&amp;&gt;");
    for (const shown of ["blue-one", "1 entry", new URL(url).host]) expect(text).toContain(shown);
    const { password } = new URL(url);
    expect(password.length).toBeGreaterThan(8);
    expect(text + first.output() + second.output()).not.toContain(password);
    expect(first.output()).toMatch(/POST \/entries 303 [\d.]+ ms/);
  }, 60_000);

  it("adds, pages, counts and deletes through its API, and refuses what is wrong", async () => {
    const { url } = await createDatabase();
    const web = await startWeb(url);
    const api = `${web.url}/api/entries`;
    for (let index = 1; index <= 25; index += 1) {
      expect((await postJson(api, { author: "A", message: `Entry ${index}` })).status).toBe(201);
    }
    const page = await (await fetch(api)).json();
    expect(page).toMatchObject({ total: 25, nextBefore: 6 });
    const older = await (await fetch(`${api}?before=6`)).json();
    expect(older.entries).toHaveLength(5);
    expect((await fetch(`${api}/25`, { method: "DELETE" })).status).toBe(204);
    expect((await fetch(`${api}/25`, { method: "DELETE" })).status).toBe(404);

    const refused: [unknown, number][] = [
      [{ message: "" }, 422],
      [{ message: "   " }, 422],
      [{ message: "x".repeat(501) }, 422],
      [{ message: 7 }, 422],
      [{ message: "a\0b" }, 422],
      [{ message: "ok", author: "n".repeat(61) }, 422],
      [[1], 400],
      [{ message: "x".repeat(20_000) }, 413],
    ];
    for (const [value, status] of refused) {
      const answer = await postJson(api, value);
      expect(answer.status, JSON.stringify(value).slice(0, 60)).toBe(status);
      expect((await answer.json()).error.message).toBeTruthy();
    }
    expect((await fetch(`${api}/abc`, { method: "DELETE" })).status).toBe(404);
    expect((await fetch(`${api}?before=99999999999`)).status).toBe(404);
    expect((await fetch(`${web.url}/nowhere`)).status).toBe(404);
    expect((await fetch(`${web.url}/entries`)).status).toBe(405);
    expect((await fetch(`${web.url}/%`)).status).toBe(404);
    const foreign = { "sec-fetch-site": "cross-site" };
    expect((await postForm(`${web.url}/entries`, { message: "evil" }, foreign)).status).toBe(403);
    const typed = await postForm(`${web.url}/entries`, { author: "Ada", message: "y".repeat(501) });
    expect(typed.status).toBe(422);
    expect(await typed.text()).toContain("y".repeat(501));
    expect((await (await fetch(api)).json()).total).toBe(24);
  }, 60_000);

  it("stays up while its database is away, says so, and comes back by itself", async () => {
    const server = await startPrivatePostgres({ careless: true });
    try {
      const web = await startWeb(server.url);
      await postJson(`${web.url}/api/entries`, { message: "before the outage" });
      await server.kill9();
      await waitForAnswer(`${web.url}/healthz`, 503);
      const page = await fetch(web.url);
      expect(page.status).toBe(503);
      expect(await page.text()).toContain("The database is not reachable at the moment.");
      const form = await postForm(`${web.url}/entries`, { message: "typed meanwhile" });
      expect(form.status).toBe(503);
      expect(await form.text()).toContain("typed meanwhile");
      expect((await fetch(`${web.url}/api/entries`)).headers.get("retry-after")).toBe("3");
      await server.start();
      await waitForAnswer(web.url, 200, (text) => text.includes("before the outage"), 30_000);
    } finally {
      await server.stop();
    }
  }, 120_000);

  it("makes its table again after a restore to a time before it", async () => {
    const { url, pool } = await createDatabase();
    const web = await startWeb(url);
    await pool.query("DROP TABLE entries");
    await waitForAnswer(`${web.url}/api/entries`, 200, (text) => text.includes('"total":0'));
  }, 60_000);

  it("writes sample entries as an action", async () => {
    const { url } = await createDatabase();
    const web = await startWeb(url);
    const environment = { ...bare, DATABASE_URL: url };
    const options = { cwd: join(built, folder), env: environment, encoding: "utf8" } as const;
    const action = spawnSync(process.execPath, ["sample-entries.mjs"], options);
    expect(action.stdout).toBe("Added 3 entries.\n");
    expect((await (await fetch(`${web.url}/api/entries`)).json()).total).toBe(3);
  }, 60_000);
});

describe("worker-queue", () => {
  async function startQueue(url: string, workers: number) {
    const api = await start("worker-queue/api", ["server.mjs"], { DATABASE_URL: url, JOB_ATTEMPTS: "2" });
    const environment = { DATABASE_URL: url, WORKER_SLOTS: "2" };
    const started = Array.from({ length: workers }, () =>
      start("worker-queue/worker", ["worker.mjs"], environment),
    );
    await waitForAnswer(`${api.url}/healthz`, 200);
    return { api, workers: await Promise.all(started) };
  }

  const stats = async (api: RunningProgram) => (await fetch(`${api.url}/api/stats`)).json();

  it("does every job once, tries failing ones again, and sets them aside in the end", async () => {
    const { url, pool } = await createDatabase();
    const { api } = await startQueue(url, 2);
    expect((await postJson(`${api.url}/api/jobs`, { kind: "primes", count: 40, amount: 1_000 })).status).toBe(
      201,
    );
    await postJson(`${api.url}/api/jobs`, { kind: "flaky", count: 2, amount: 100 });
    await waitForAnswer(
      `${api.url}/api/stats`,
      200,
      (text) => JSON.parse(text).done === 40 && JSON.parse(text).failed === 2,
    );
    const { rows } = await pool.query("SELECT kind, attempts, result FROM jobs");
    for (const job of rows) {
      expect(job.attempts).toBe(job.kind === "primes" ? 1 : 2);
      expect(job.result).toBe(job.kind === "primes" ? "168 primes" : "the other side answered 503");
    }
    const { lastMinute, workers } = await stats(api);
    expect(lastMinute).toBe(42);
    expect(workers.map((worker: { alive: boolean }) => worker.alive)).toEqual([true, true]);
    const page = await (await fetch(api.url)).text();
    for (const shown of ["168 primes", "2 of 2", "alive"]) expect(page).toContain(shown);

    expect((await postForm(`${api.url}/jobs/clear`, {})).status).toBe(303);
    expect(await stats(api)).toMatchObject({ done: 0, failed: 0 });
    for (const wrong of [
      { kind: "nope" },
      { kind: "toString" },
      { kind: "wait", count: 0 },
      { kind: "wait", amount: 1e9 },
    ]) {
      expect((await postJson(`${api.url}/api/jobs`, wrong)).status, JSON.stringify(wrong)).toBe(422);
    }
  }, 60_000);

  it("starts a queued job at once, gives back what it cannot finish, and takes over from the dead", async () => {
    const { url, pool } = await createDatabase();
    const { api, workers } = await startQueue(url, 1);
    await waitForAnswer(`${api.url}/api/stats`, 200, (text) => text.includes('"alive":true'));
    await postJson(`${api.url}/api/jobs`, { kind: "wait", amount: 1 });
    await waitForAnswer(`${api.url}/api/stats`, 200, (text) => JSON.parse(text).done === 1, 1_500);

    await postJson(`${api.url}/api/jobs`, { kind: "wait", amount: 15_000 });
    await waitForAnswer(`${api.url}/api/stats`, 200, (text) => JSON.parse(text).running === 1);
    workers[0]?.kill("SIGTERM");
    expect(await workers[0]?.ended()).toBe(0);
    const state = "SELECT state, attempts, worker FROM jobs WHERE id = 2";
    expect((await pool.query(state)).rows).toEqual([{ state: "queued", attempts: 0, worker: null }]);

    // A worker killed outright leaves a lease; another takes the job when it ends.
    await pool.query(
      "UPDATE jobs SET state = 'running', worker = 'dead', attempts = 1, amount = 5, lease_until = now() WHERE id = 2",
    );
    await start("worker-queue/worker", ["worker.mjs"], { DATABASE_URL: url });
    await waitForAnswer(`${api.url}/api/stats`, 200, (text) => JSON.parse(text).done === 2);
    expect((await pool.query(state)).rows[0]).toMatchObject({ state: "done", attempts: 2 });
  }, 60_000);

  it("queues jobs as an action", async () => {
    const { url, pool } = await createDatabase();
    const environment = { ...bare, DATABASE_URL: url };
    const options = { cwd: join(built, "worker-queue/api"), env: environment, encoding: "utf8" } as const;
    const action = spawnSync(process.execPath, ["enqueue.mjs", "flaky", "20"], options);
    expect(action.stdout).toContain("Queued 20 jobs, 1 to 20.");
    expect((await pool.query("SELECT count(*)::int AS n FROM jobs")).rows).toEqual([{ n: 20 }]);
  }, 60_000);
});

describe("three-tier-shop", () => {
  async function startShop(url: string) {
    const api = await start("three-tier-shop/api", ["server.mjs"], {
      DATABASE_URL: url,
      INSTANCE_NAME: "api-1",
    });
    const environment = { API_URL: api.url, SHOP_CURRENCY: "CHF" };
    const webs = await Promise.all(
      [1, 2].map((number) =>
        start("three-tier-shop/web", ["server.mjs"], { ...environment, INSTANCE_NAME: `web-${number}` }),
      ),
    );
    await waitForAnswer(`${api.url}/healthz`, 200);
    return { api, webs };
  }

  const basketOf = (answer: Response) => (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";

  it("sells through any replica: the basket follows, an order is placed once, the stock is true", async () => {
    const { url, pool } = await createDatabase();
    const { webs } = await startShop(url);
    const [one, two] = webs;
    if (!one || !two) throw new Error("two replicas were started");
    const page = await (await fetch(one.url)).text();
    expect(page.match(/class="card product"/g)).toHaveLength(8);
    for (const shown of ["CHF", "replica <code>web-1</code>", "data by api <code>api-1</code>"]) {
      expect(page).toContain(shown);
    }
    const cookie = basketOf(await postForm(`${one.url}/basket`, { product: "5", add: "1", quantity: "3" }));
    const basket = await (await fetch(`${two.url}/basket`, { headers: { cookie } })).text();
    expect(basket).toContain("Studio headphones");
    const token = /name="token" value="([^"]+)"/.exec(basket)?.[1] ?? "";
    const order = { token, customer: "Ada" };
    const placed = await Promise.all(
      [one, two].map((web) => postForm(`${web.url}/orders`, order, { cookie })),
    );
    expect(placed.map((answer) => answer.headers.get("location"))).toEqual([
      "/orders?placed=1001",
      "/orders?placed=1001",
    ]);
    const { rows } = await pool.query(
      "SELECT stock, (SELECT count(*)::int FROM orders) AS orders FROM products WHERE id = 5",
    );
    expect(rows).toEqual([{ stock: 12, orders: 1 }]);
    expect(await (await fetch(`${two.url}/orders?placed=1001`)).text()).toContain("Thank you, Ada.");
  }, 60_000);

  it("never sells the last piece twice, and changes nothing for a refused order", async () => {
    const { url, pool } = await createDatabase();
    const { api } = await startShop(url);
    await pool.query("UPDATE products SET stock = 1 WHERE id = 1");
    const lines = [
      { productId: 2, quantity: 1 },
      { productId: 1, quantity: 1 },
    ];
    const orders = Array.from({ length: 12 }, () =>
      postJson(`${api.url}/api/orders`, { token: randomUUID(), customer: "A", lines: lines.toReversed() }),
    );
    const statuses = (await Promise.all(orders)).map((answer) => answer.status);
    expect(statuses.toSorted()).toEqual([201, ...Array.from({ length: 11 }, () => 409)]);
    expect((await pool.query("SELECT stock FROM products WHERE id < 3 ORDER BY id")).rows).toEqual([
      { stock: 0 },
      { stock: 119 },
    ]);
    const wrong = [
      { token: "x", customer: "A", lines },
      { token: randomUUID(), customer: " ", lines },
      { token: randomUUID(), customer: "A", lines: [] },
      { token: randomUUID(), customer: "A", lines: [{ productId: 1, quantity: -1 }] },
      { token: randomUUID(), customer: "A", lines: [null] },
      { token: randomUUID(), customer: "A", lines: [{ productId: 99, quantity: 1 }] },
    ];
    for (const body of wrong) {
      expect((await postJson(`${api.url}/api/orders`, body)).status, JSON.stringify(body)).toBe(422);
    }
  }, 60_000);

  it("closes with a friendly page while the API is away and restocks as an action", async () => {
    const { url } = await createDatabase();
    const { api, webs } = await startShop(url);
    const [web] = webs;
    const environment = { ...bare, DATABASE_URL: url };
    const options = { cwd: join(built, "three-tier-shop/api"), env: environment, encoding: "utf8" } as const;
    expect(spawnSync(process.execPath, ["restock.mjs"], options).stdout).toBe("Restocked 6 products.\n");
    api.kill("SIGTERM");
    expect(await api.ended()).toBe(0);
    const answer = await fetch(`${web?.url}/`);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain("The shop is closed for a moment.");
    expect((await fetch(`${web?.url}/status`)).status).toBe(503);
    expect((await fetch(`${web?.url}/healthz`)).status).toBe(200);
  }, 60_000);
});

describe("static-site", () => {
  const environment = {
    PAGE_TITLE: 'Tea & "cake" <b>',
    PAGE_TAGLINE: "On Thursday",
    PAGE_TEXT: "When: at five\n\nJust come",
    PAGE_BUTTON: "Tell us",
    PAGE_LINK: "javascript:alert(1)",
    PAGE_ACCENT: "red;}body{display:none",
  };

  it("is written from the parameters, which can hold no markup, script or style", () => {
    const target = join(built, "rendered");
    const options = {
      cwd: join(built, "static-site/site"),
      env: { ...bare, ...environment },
      encoding: "utf8",
    } as const;
    expect(spawnSync(process.execPath, ["render.mjs", target], options).stdout).toContain("Wrote 5 files");
    const page = readFileSync(join(target, "index.html"), "utf8");
    expect(page).toContain("<h1>Tea &amp; &quot;cake&quot; &lt;b&gt;</h1>");
    expect(page).toContain("<h2>When</h2><p>at five</p>");
    expect(page).not.toContain("javascript:");
    expect(readFileSync(join(target, "site.css"), "utf8")).not.toContain("display:none");
    for (const [, file] of page.matchAll(/(?:href|src)="\/([^"]+)"/g))
      expect(existsSync(join(target, file ?? ""))).toBe(true);
  });

  it("serves the same page in a container", async () => {
    const site = await start("static-site/site", ["serve.mjs"], {
      ...environment,
      PAGE_LINK: "https://example.com/",
    });
    const page = await (await fetch(site.url)).text();
    expect(page).toContain('href="https://example.com/"');
    const font = await fetch(`${site.url}/geist.woff2`);
    expect(font.headers.get("content-type")).toBe("font/woff2");
    expect((await font.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
    const missing = await fetch(`${site.url}/missing`);
    expect([missing.status, await missing.text()]).toEqual([
      404,
      expect.stringContaining("There is no such page"),
    ]);
  }, 30_000);
});

describe("node-service", () => {
  const program = "rostrum-service.mjs";

  function copyService(name: string, files: Record<string, string>): string {
    const folder = join(built, name);
    cpSync(join(built, "node-service/service"), folder, { recursive: true });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return name;
  }

  function run(folder: string, step: string, environment: Record<string, string> = {}) {
    const env = { ...bare, HOME: built, ...environment };
    return spawnSync(process.execPath, [program, step], { cwd: join(built, folder), env, encoding: "utf8" });
  }

  it("starts its sample without any code of one's own", async () => {
    expect(run("node-service/service", "prepare").stdout).toContain("No packages to install.");
    const service = await start("node-service/service", [program, "start"], { MESSAGE: "Good <day>" });
    expect(await (await fetch(service.url)).text()).toContain("Good &lt;day&gt;");
    service.kill("SIGTERM");
    expect(await service.ended()).toBe(0);
  }, 30_000);

  it("installs from the lockfile and starts what an archive brought, through npm where it must", async () => {
    const server = `import { greet } from "greeting"; import { createServer } from "node:http";
      const server = createServer((_, response) => response.end(greet())).listen(process.env.PORT, () =>
        console.log("listening on port " + server.address().port));`;
    const greeting = '{"name":"greeting","version":"1.0.0","type":"module","main":"index.js"}';
    const folder = copyService("uploaded", {
      "package.json":
        '{"name":"mine","version":"1.0.0","type":"module","scripts":{"start":"NAME=npm node server.js"},"dependencies":{"greeting":"file:./greeting"}}',
      "server.js": server,
      "greeting/package.json": greeting,
      "greeting/index.js": 'export const greet = () => "hello from " + process.env.NAME;',
    });
    const env = { ...bare, HOME: built };
    spawnSync("npm", ["install", "--package-lock-only", "--offline"], { cwd: join(built, folder), env });
    // As the manifest's prepare step does it.
    const prepare = ["exec", "--no-update-notifier", "-c", `"$npm_node_execpath" ${program} prepare`];
    const options = {
      cwd: join(built, folder),
      env: { ...env, SERVICE_SOURCE: "upload" },
      encoding: "utf8",
    } as const;
    const prepared = spawnSync("npm", prepare, options);
    expect(prepared.stdout + prepared.stderr).toMatch(/ ci --omit=dev/);
    expect(prepared.status).toBe(0);
    const service = await start(folder, [program, "start"], { SERVICE_SOURCE: "upload" });
    expect(await (await fetch(service.url)).text()).toBe("hello from npm");
  }, 60_000);

  it("clones a repository at a branch, a tag or a commit", () => {
    const origin = join(built, "origin");
    mkdirSync(origin);
    const git = (...args: string[]) => {
      const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
      const result = spawnSync("git", [...identity, ...args], { cwd: origin, encoding: "utf8" });
      if (result.status !== 0) throw new Error(result.stderr);
      return result.stdout.trim();
    };
    git("init", "--quiet", "--initial-branch=main");
    writeFileSync(join(origin, "package.json"), '{"name":"first","scripts":{"start":"node a.js"}}');
    git("add", ".");
    git("commit", "--quiet", "-m", "first");
    const first = git("rev-parse", "HEAD");
    git("tag", "v1");
    writeFileSync(join(origin, "package.json"), '{"name":"second","scripts":{"start":"node a.js"}}');
    git("commit", "--quiet", "-am", "second");
    for (const [index, [ref, name]] of [
      ["main", "second"],
      ["v1", "first"],
      [first, "first"],
    ].entries()) {
      const folder = copyService(`cloned-${index}`, {});
      const source = { SERVICE_SOURCE: "git", SERVICE_GIT_URL: origin, SERVICE_GIT_REF: ref ?? "" };
      expect(run(folder, "fetch", source).status).toBe(0);
      expect(readFileSync(join(built, folder, "source/package.json"), "utf8")).toContain(name ?? "?");
    }
    const folder = copyService("cloned-missing", {});
    const missing = run(folder, "fetch", {
      SERVICE_SOURCE: "git",
      SERVICE_GIT_URL: origin,
      SERVICE_GIT_REF: "nope",
    });
    expect([missing.status, missing.stderr]).toEqual([1, expect.stringContaining("git ended with")]);
  }, 60_000);

  it("takes an uploaded archive to where it may write, on clouds that only bring it", () => {
    const folder = copyService("brought", { "upload/package.json": '{"name":"brought"}' });
    const environment = { SERVICE_SOURCE: "upload", SERVICE_WORK: join(built, "brought-work") };
    expect(run(folder, "fetch", environment).status).toBe(0);
    expect(readFileSync(join(built, "brought-work/source/package.json"), "utf8")).toContain("brought");
    expect(run(copyService("unbrought", {}), "fetch", { SERVICE_SOURCE: "upload" }).stderr).toBe(
      "Choose the archive to upload.\n",
    );
  });

  it("says in one line what is missing", () => {
    const empty = copyService("empty", {});
    expect(run(empty, "prepare", { SERVICE_SOURCE: "upload" }).stderr).toBe(
      "There is no package.json at the top of the source.\n",
    );
    const startless = copyService("startless", { "package.json": "{}" });
    expect(run(startless, "start", { SERVICE_SOURCE: "upload" }).stderr).toBe(
      'package.json has no "start" script.\n',
    );
  });
});
