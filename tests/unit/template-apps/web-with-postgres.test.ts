import { describe, expect, it } from "vitest";
import { startPrivatePostgres } from "@/tests/support/database";
import { postForm, postJson, templateApps } from "@/tests/support/template-apps";
import { waitForAnswer } from "@/tests/support/template-programs";

const apps = templateApps();

describe("web-with-postgres", () => {
  const folder = "web-with-postgres/app";

  async function startWeb(url: string, environment: Record<string, string> = {}) {
    const web = await apps.start(folder, ["server.mjs"], { DATABASE_URL: url, ...environment });
    await waitForAnswer(`${web.url}/healthz`, 200);
    return web;
  }

  it("shows its configuration but no password, and keeps entries over a restart", async () => {
    const { url } = await apps.createDatabase();
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
    const { url } = await apps.createDatabase();
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
      expect(await page.text()).toContain("The database is unavailable.");
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
    const { url, pool } = await apps.createDatabase();
    const web = await startWeb(url);
    await pool.query("DROP TABLE entries");
    await waitForAnswer(`${web.url}/api/entries`, 200, (text) => text.includes('"total":0'));
  }, 60_000);

  it("writes sample entries as an action", async () => {
    const { url } = await apps.createDatabase();
    const web = await startWeb(url);
    const action = apps.run(folder, ["sample-entries.mjs"], { DATABASE_URL: url });
    expect(action.stdout).toBe("Added 3 entries.\n");
    expect((await (await fetch(`${web.url}/api/entries`)).json()).total).toBe(3);
  }, 60_000);
});
