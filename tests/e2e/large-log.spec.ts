import type { Page } from "@playwright/test";
import type { Environment } from "./support/environments";
import { api, signIn } from "./support/people";
import { expect, test } from "./support/test";
import { watch } from "./support/watch";

const count = 100_000;

/** A program's output as the portal sends it, with colors and long lines in between. */
function stream(): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const text =
      index % 1_000 === 7 ? `\u001b[31mfailed ${index}\u001b[0m ${"x".repeat(300)}` : `line ${index}`;
    return `data: ${JSON.stringify({ at: "2026-12-01T10:00:00.000Z", text })}\n\n`;
  });
  return `${lines.join("")}event: end\ndata: {}\n\n`;
}

async function openLog(page: Page): Promise<void> {
  const { items } = await api<{ items: Environment[] }>(page, "GET", "/environments?status=running");
  const environment = items[0];
  if (!environment) throw new Error("There is no running environment.");
  await page.route(/\/api\/v1\/environments\/[^/]+\/logs\?/, (route) =>
    route.fulfill({ contentType: "text/event-stream", body: stream() }),
  );
  await page.goto(`/environments/${environment.id}/logs`);
}

test("a log of a hundred thousand lines scrolls from end to end, and is searched", async ({ browser }) => {
  const page = await signIn(browser, "Administrator");
  const problems = watch(page);
  await openLog(page);
  const frame = page.getByRole("region", { name: /^Log of / });
  await expect(page.getByText("100,000 lines")).toBeVisible();
  // What stands above it may be long: a failed change, a moment.
  await frame.evaluate((element) => element.scrollIntoView({ block: "end" }));

  await expect(frame.getByText(`line ${count - 1}`, { exact: true })).toBeInViewport();
  const rows = () => frame.locator("div.h-5").count();
  expect(await rows()).toBeLessThan(120);

  // By hand: a reader who scrolls up isn't pulled to the end again.
  await frame.hover();
  await page.mouse.wheel(0, -4_000);
  await expect(page.getByRole("button", { name: "Follow" })).toHaveAttribute("aria-pressed", "false");
  for (const part of [0, 0.25, 0.5, 0.75]) {
    await frame.evaluate((element, at) => {
      element.scrollTop = at * element.scrollHeight;
    }, part);
    await expect(frame.getByText(`line ${count * part + 4}`, { exact: true })).toBeInViewport();
    expect(await rows()).toBeLessThan(120);
  }
  await frame.press("End");
  await expect(frame.getByText(`line ${count - 1}`, { exact: true })).toBeInViewport();
  await expect(page.getByRole("button", { name: "Follow" })).toHaveAttribute("aria-pressed", "true");

  await page.getByRole("searchbox", { name: "Search log" }).fill("FAILED 5");
  await expect(page.getByText(`11 of ${count.toLocaleString("en-US")}`)).toBeVisible();
  await expect(frame.getByText("failed 5007")).toBeVisible();
  await expect(frame.locator("mark").first()).toHaveText("failed 5");
  await page.getByRole("searchbox", { name: "Search log" }).fill("nothing like it");
  await expect(frame.getByText("No results for “nothing like it”")).toBeVisible();
  expect(problems()).toEqual([]);
  await page.context().close();
});
