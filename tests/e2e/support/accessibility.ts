import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Page, test } from "@playwright/test";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const everything = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** What alone can differ between the themes. */
const colors = ["color-contrast", "link-in-text-block"];

interface Finding {
  id: string;
  nodes: { target: unknown; failureSummary?: string }[];
}

declare const axe: {
  run(context: Document, options: unknown): Promise<{ violations: Finding[]; passes: unknown[] }>;
};

/** What WCAG 2.2 AA has against the page as it stands, one line per rule with the places. */
async function violationsOf(page: Page, runOnly: readonly string[]): Promise<string[]> {
  // Evaluated by the debugger, because the page's own policy rightly refuses foreign scripts.
  await page.evaluate(axeSource);
  const { violations, passes } = await page.evaluate(async (chosen) => {
    const result = await axe.run(document, { runOnly: chosen });
    return {
      passes: result.passes.length,
      violations: result.violations.map(({ id, nodes }) => ({
        id,
        places: nodes.slice(0, 3).map(({ target, failureSummary }) => `${target} (${failureSummary})`),
      })),
    };
  }, runOnly);
  // A page on which nothing was looked at is not an accessible one.
  expect(passes, "rules that axe found something to check for").toBeGreaterThan(0);
  return violations.map(({ id, places }) => `${id}: ${places.join(" | ")}`);
}

/** Waits until the screen shows its content and stands still, instead of skeletons and opening transitions. */
async function untilSettled(page: Page): Promise<void> {
  await expect(page.locator("h1").first()).toBeVisible();
  await expect(page.locator(".animate-shimmer:visible")).toHaveCount(0);
  await page.evaluate(async () => {
    await document.fonts.ready;
    const ending = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
    // One that the page holds or hides never finishes; no transition of ours takes a second.
    const second = new Promise((resolve) => setTimeout(resolve, 1_000));
    await Promise.race([Promise.allSettled(ending.map((one) => one.finished)), second]);
  });
}

/** Checks the page that is open in light, and its colors in dark; the portal follows the system's theme. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  for (const [theme, rules] of [["light", everything] as const, ["dark", colors] as const]) {
    await test.step(`${name}, ${theme}`, async () => {
      await page.emulateMedia({ colorScheme: theme });
      await expect(page.locator("html")).toHaveClass(new RegExp(`(^| )${theme}( |$)`));
      await untilSettled(page);
      expect.soft(await violationsOf(page, rules), `${name}, ${theme}`).toEqual([]);
    });
  }
}

/** A phone shows the screen without scrolling sideways. */
export async function expectNoOverflow(page: Page, name: string): Promise<void> {
  await untilSettled(page);
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect.soft(beyond, `${name}: pixels beyond the right edge`).toBeLessThanOrEqual(0);
}

/** Opens a screen and expects it to be there. */
export async function visit(page: Page, path: string): Promise<void> {
  const response = await page.goto(path);
  expect(response?.status(), path).toBe(200);
  await expect(page.getByRole("heading", { level: 1, name: notShown }), path).toHaveCount(0);
}

/** Headings of the pages that stand in for one that is not shown. */
export const notShown = /^(Page not found|Not found|No access)$/;

/** Opens a URL that leads to nothing for this user: to an object that is missing, or to a page of another role. */
export async function visitNothing(page: Page, path: string, heading = "Not found"): Promise<void> {
  const response = await page.goto(path);
  expect(response?.status(), path).toBe(heading === "No access" ? 403 : 404);
  await expect(page.getByRole("heading", { level: 1, name: heading, exact: true }), path).toBeVisible();
}
