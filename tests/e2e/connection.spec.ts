import type { Page } from "@playwright/test";
import { expectAccessible, visit } from "./support/accessibility";
import { signIn } from "./support/people";
import { expect, test } from "./support/test";

/** What a person sees while the network or the portal is away, and while a page is on its way. */

/** Longer than the pace at which the list of runs is drawn again by itself. */
const beyondRefreshMs = 13_000;

/** Marks the document, to see that it's still the same one later. */
async function mark(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => document.documentElement.setAttribute("data-marked", ""));
  return () => page.evaluate(() => document.documentElement.hasAttribute("data-marked"));
}

test("without a network the page says so, stays, and continues when it's back", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  await visit(page, "/requests/runs");
  const marked = await mark(page);
  await page.getByRole("searchbox").fill("half-typed-and-not-lost");
  await expect(page).toHaveURL(/q=half/);
  await page.context().setOffline(true);
  await expect(page.getByText("You’re offline.")).toBeVisible();
  await expectAccessible(page, "offline");
  // The list refreshes itself meanwhile: it must not give way to the browser's own error page.
  await page.waitForTimeout(beyondRefreshMs);
  await expect(page.getByRole("searchbox")).toHaveValue("half-typed-and-not-lost");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Projects" }).click();
  await page.waitForTimeout(1_000);
  await page.context().setOffline(false);
  await expect(page.getByText("You’re offline.")).toHaveCount(0);
  // The link that was followed without a network opens now.
  await expect(page.getByRole("heading", { level: 1, name: "Projects" })).toBeVisible();
  expect(await marked()).toBe(true);
});

test("while the portal doesn't answer the page says so, and stops when it does", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  await visit(page, "/environments");
  const marked = await mark(page);
  // Opened before, since its script comes with the first opening.
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByRole("dialog").getByRole("combobox")).toBeVisible();
  await page.route("**/*", (route) => route.abort("connectionrefused"));
  await page.getByRole("dialog").getByRole("combobox").fill("checkout");
  // The palette hides the page from screen readers while it's open.
  const bar = page.getByText("Can’t reach Rostrum. This page shows what was loaded last.");
  await expect(bar).toBeVisible();
  await page.unroute("**/*");
  await expect(bar).toHaveCount(0);
  expect(await marked()).toBe(true);
});

test("one call without an answer is no reason to worry anybody", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  await visit(page, "/environments");
  await page.route("**/api/v1/search**", (route) => route.abort("connectionrefused"), { times: 1 });
  const probed = page.waitForResponse("**/api/v1/health/live");
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("dialog").getByRole("combobox").fill("checkout");
  await probed;
  await expect(page.getByText("Can’t reach Rostrum.")).toHaveCount(0);
});

for (const reducedMotion of ["no-preference", "reduce"] as const) {
  test(`a slow page is announced within 100 ms of the click, motion ${reducedMotion}`, async ({
    browser,
  }) => {
    const page = await signIn(browser, "Administrator");
    await page.emulateMedia({ reducedMotion });
    await visit(page, "/projects");
    await page.route(
      (url) => url.searchParams.get("sort") === "budget",
      async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        await route.continue();
      },
    );
    const shownAfterMs = page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let clickedMs = 0;
          document.addEventListener("click", (event) => (clickedMs = event.timeStamp), true);
          new MutationObserver((_, observer) => {
            if (!document.querySelector('[role="progressbar"][aria-label="Loading page"]')) return;
            observer.disconnect();
            resolve(performance.now() - clickedMs);
          }).observe(document.body, { childList: true, subtree: true });
        }),
    );
    await page.getByRole("link", { name: "Budget", exact: true }).click();
    expect(await shownAfterMs).toBeLessThan(100);
    const line = page.getByRole("progressbar", { name: "Loading page" });
    await expect(line).toHaveCSS("opacity", "1");
    const moves = await line.evaluate((element) =>
      element.getAnimations({ subtree: true }).some((one) => one.playState === "running"),
    );
    expect(moves).toBe(reducedMotion === "no-preference");
    await expect(page).toHaveURL(/sort=budget/);
    await expect(line).toHaveCount(0);
  });
}
