import http from "node:http";
import type { Page } from "@playwright/test";
import { ask } from "./support/ask";
import { freshName } from "./support/environments";
import { api, eventually, signIn } from "./support/people";
import { expect, test } from "./support/test";

/** As many as one person may have open. */
const most = 24;

/** A live stream as a browser opens it, and how it was answered. */
async function listen(page: Page): Promise<{ status: number; hangUp: () => void }> {
  const url = new URL("/api/v1/events?topics=admin", process.env.ROSTRUM_URL);
  const cookies = await page.context().cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  return await new Promise((resolve, reject) => {
    const request = http.get(url, { headers: { cookie }, agent: false }, (response) => {
      response.on("data", () => {});
      response.on("error", () => {});
      resolve({ status: response.statusCode ?? 0, hangUp: () => request.destroy() });
    });
    request.on("error", reject);
  });
}

async function listenAll(page: Page) {
  return await Promise.all(Array.from({ length: most }, () => listen(page)));
}

test("who hangs up is no longer listened for, however much the server did in between", async ({
  browser,
}) => {
  const page = await signIn(browser, "Administrator");
  // The page listens too.
  await page.goto("about:blank");
  const all = (streams: { status: number }[]) => streams.every(({ status }) => status === 200);
  for (let round = 0; round < 3; round += 1) {
    const streams = await eventually(
      async () => {
        const opened = await listenAll(page);
        if (!all(opened)) for (const { hangUp } of opened) hangUp();
        return opened;
      },
      all,
      // Less than the heartbeat, with which the server would notice by itself.
      10_000,
    );
    // Work enough that whatever of these requests no one holds is collected.
    for (let index = 0; index < 60; index += 1) {
      const answer = await page.request.get("/environments");
      expect(answer.status()).toBe(200);
    }
    expect((await listen(page)).status, "all are open").toBe(429);
    for (const { hangUp } of streams) hangUp();
  }
  await page.context().close();
});

test("what happens between a page and its first live connection is on the page", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  const id = await ask(page, {
    ...{ template: "three-tier-shop", preset: "Load test", project: "Storefront", cloud: "demo-cloud" },
    name: freshName("between"),
    reason: "Looked at early",
  });
  const status = page.locator("header:has(h1)");
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route("**/api/v1/events?*", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`/requests/${id}`);
  await expect(status).toContainText("Pending approval");
  await api(page, "POST", `/requests/${id}/cancel`, {});
  await expect(status).toContainText("Pending approval");
  letGo();
  await expect(status).toContainText("Canceled");
  await page.context().close();
});
