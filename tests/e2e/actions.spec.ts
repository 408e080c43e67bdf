import type { Locator, Page } from "@playwright/test";
import { visit } from "./support/accessibility";
import { type Role, signIn } from "./support/people";
import { ensureStatement, examplesOf, screensOf } from "./support/screens";
import { expect, test } from "./support/test";

/** Every action says what it is, and one that can't be used says why, on every screen of every role. */

const roles: Role[] = ["Developer", "Approver", "Finance", "Administrator", "Auditor"];

for (const role of roles) {
  test(`${role}: icons have names and tooltips, and what can't be used says why`, async ({ browser }) => {
    test.setTimeout(400_000);
    const page = await signIn(browser, role);
    if (role === "Finance") await ensureStatement(page);
    const tried = new Set<string>();
    for (const path of screensOf(role, await examplesOf(page))) {
      await visit(page, path);
      await expect(page.locator(".animate-shimmer:visible"), path).toHaveCount(0);
      await expectIconsNamed(page, path, tried);
      await expectReasons(page, path);
    }
    await page.context().close();
  });
}

/** Buttons and links that show no words. */
function iconActions(page: Page): Locator {
  return page
    .locator("button:visible, a[href]:visible, [role=button]:visible")
    .filter({ has: page.locator("svg") })
    .filter({ hasNotText: /\S/ });
}

async function expectIconsNamed(page: Page, path: string, tried: Set<string>): Promise<void> {
  for (const action of await iconActions(page).all()) {
    const about = await action.evaluate((element) => ({
      name: element.getAttribute("aria-label")?.trim() ?? "",
      title: element.getAttribute("title") ?? "",
      html: element.outerHTML.slice(0, 160),
    }));
    expect.soft(about.name, `${path}: no name for ${about.html}`).not.toBe("");
    if (about.title || tried.has(about.name)) continue;
    tried.add(about.name);
    await action.focus();
    const tip = page.getByRole("tooltip");
    await expect.soft(tip, `${path}: no tooltip for “${about.name}”`).toBeVisible();
    await page.keyboard.press("Escape");
  }
}

async function expectReasons(page: Page, path: string): Promise<void> {
  const silent = await page
    .locator("button:visible:disabled:not([aria-busy=true])")
    .evaluateAll((buttons) =>
      buttons
        .filter(
          (one) => !["combobox", "switch", "radio", "checkbox"].includes(one.getAttribute("role") ?? ""),
        )
        .map((one) => one.outerHTML.slice(0, 160)),
    );
  expect.soft(silent, `${path}: switched off without a reason`).toEqual([]);
  for (const action of await page.locator("button:visible[aria-disabled=true]").all()) {
    const name = await action.textContent();
    await expect.soft(action, `${path}: no reason for “${name}”`).toHaveAccessibleDescription(/\.$/);
  }
}

test("the reason is read by who points, who comes by keyboard and who taps", async ({ browser }) => {
  const page = await signIn(browser, "Administrator");
  await visit(page, "/admin/templates/new");
  const save = page.getByRole("button", { name: "Validate and save draft" });
  const reason = page.getByRole("tooltip", { name: "Enter a manifest or choose an archive." });
  await save.hover();
  await expect(reason).toBeVisible();
  await page.mouse.move(10, 10, { steps: 5 });
  await expect(reason).toHaveCount(0);
  await save.focus();
  await expect(reason).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(reason).toHaveCount(0);
  await save.click({ force: true });
  await expect(reason).toBeVisible();
  await page.getByLabel("Manifest (YAML)").fill("a: 1");
  await expect(save).toBeEnabled();
  await page.context().close();
});

test("a day and an hour of a monthly cost are a focus away", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  await visit(page, "/catalog/web-with-postgres/request");
  await expect(page.getByText(/\/day/)).toHaveCount(0);
  const rate = page.getByRole("button", { name: /^€[\d.]+\/mo$/ });
  await rate.focus();
  await expect(page.getByRole("tooltip", { name: /^€[\d.]+\/day · €[\d.]+\/h$/ })).toBeVisible();
  const size = page.getByRole("radiogroup", { name: "Preset" }).getByRole("radio").first();
  await expect(size).toBeVisible();
  await expect(page.getByRole("radiogroup", { name: "Preset" })).toContainText(/€[\d.]+\/mo/);
  await page.context().close();
});
