import type { Page } from "@playwright/test";
import { expectAccessible, expectNoOverflow, visit, visitNothing } from "./support/accessibility";
import { type Role, signIn, stranger } from "./support/people";
import { ensureStatement, examplesOf, phoneScreensOf, screensOf } from "./support/screens";
import { expect, test } from "./support/test";

const roles: Role[] = ["Developer", "Approver", "Finance", "Administrator", "Auditor"];

for (const role of roles) {
  test(`${role}: every screen answers and is accessible in light and dark`, async ({ browser }) => {
    test.setTimeout(600_000);
    const page = await signIn(browser, role);
    const problems = problemsOf(page);
    if (role === "Finance") await ensureStatement(page);
    for (const path of screensOf(role, await examplesOf(page))) {
      await visit(page, path);
      await expectAccessible(page, path);
    }
    expect(problems).toEqual([]);
    await page.context().close();
  });
}

test("dialogs are accessible in light and dark", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  const { environment } = await examplesOf(page);
  await visit(page, "/catalog/web-with-postgres/request");
  await page.getByRole("button", { name: "View plan" }).click();
  await expect(page.getByRole("dialog", { name: "Plan" })).toBeVisible();
  await expectAccessible(page, "the plan");

  await visit(page, `/environments/${environment}/settings`);
  await page.getByRole("button", { name: "Destroy…" }).click();
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await expectAccessible(page, "the dialog that destroys");

  await visit(page, "/");
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("dialog").getByRole("combobox").fill("checkout");
  await expect(page.getByRole("dialog").getByRole("option").first()).toBeVisible();
  await expectAccessible(page, "the palette");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: /^Notifications/ }).click();
  await expect(page.getByRole("dialog", { name: "Notifications" })).toBeVisible();
  await expectAccessible(page, "the bell");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Help" }).click();
  await expectAccessible(page, "the help menu");
  await page.getByRole("menuitem", { name: "Keyboard shortcuts" }).click();
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await expectAccessible(page, "the keyboard shortcuts");
  await page.context().close();
});

test("sign-in, a refused sign-in and an address that leads nowhere are accessible", async ({ browser }) => {
  const nobody = await stranger(browser);
  await visit(nobody, "/sign-in");
  await expectAccessible(nobody, "sign-in");
  await nobody.getByLabel("Email").fill("nobody@example.com");
  await nobody.getByLabel("Password").fill("not the right one");
  await nobody.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(nobody.getByText("Couldn’t sign you in")).toBeVisible();
  await expectAccessible(nobody, "a refused sign-in");
  await nobody.context().close();

  const developer = await signIn(browser, "Developer");
  await visitNothing(developer, "/environments/env_0000000000");
  await expectAccessible(developer, "not found");
  await developer.context().close();
});

test("an address that cannot be read leads nowhere, and is a problem in the API", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  for (const path of ["/environments/%E0%A4%A", "/catalog/%ff"]) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(404);
    await expect(page.getByRole("heading", { level: 1, name: "Page not found" }), path).toBeVisible();
    const answer = await page.request.get(`/api/v1${path}`);
    expect(answer.status(), path).toBe(400);
    expect(answer.headers()["content-type"], path).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({ code: "invalid_request" });
  }
  await page.context().close();
});

test("a path whose letters are encoded leads to the page it names", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  const response = await page.goto("/%65nvironments?status=%72unning");
  expect(response?.status()).toBe(200);
  await expect(page).toHaveURL(/\/environments\?status=/);
  await expect(page.getByRole("heading", { level: 1, name: "Environments" })).toBeVisible();
  await page.context().close();
});

test("a page that fails says what stands and what to do, accessibly", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  await visit(page, "/environments");
  // The network lets no more scripts through: the next screen cannot be put together.
  await page.route(/\/_next\/static\/chunks\//, (route) => route.abort());
  await page.getByRole("link", { name: "Costs", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Couldn’t load this page" })).toBeVisible();
  await expectAccessible(page, "the page that failed");
  await page.context().close();
});

for (const role of ["Developer", "Approver"] as const) {
  test(`${role}: what is opened on the way fits a phone and is accessible there`, async ({ browser }) => {
    test.setTimeout(180_000);
    const page = await signIn(browser, role, { phone: true });
    for (const path of phoneScreensOf(role, await examplesOf(page))) {
      await visit(page, path);
      await expectNoOverflow(page, path);
      await expectAccessible(page, `${path} on a phone`);
    }
    await page.context().close();
  });
}

/** What the page's scripts throw while it is used. */
function problemsOf(page: Page): string[] {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(`${page.url()}: ${error.message}`));
  return problems;
}
