import { expectAccessible } from "./support/accessibility";
import { addPerson, api, signIn, signInWith } from "./support/people";
import { expect, test } from "./support/test";

/** Demo users change places in the demo bar, and links of simulated environments lead somewhere. */

const bar = { name: "Demo notice" };

test("a demo user becomes another one with one click, and sees what that one sees", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  await page.goto("/environments");
  await page.getByRole("complementary", bar).getByRole("button", { name: "View as: Developer" }).click();
  const menu = page.getByRole("menu");
  await expect(menu.getByRole("menuitemradio")).toHaveCount(6);
  await expectAccessible(page, "the menu of demo users");
  await menu.getByRole("menuitemradio", { name: /^Finance/ }).click();
  await expect(
    page.getByRole("complementary", bar).getByRole("button", { name: "View as: Finance" }),
  ).toBeVisible();
  await expect(page).toHaveURL(/\/$/);
  expect(await api(page, "GET", "/me")).toMatchObject({ orgRole: "finance", isDemo: true });
  // The page before shows what the new user sees there, and nothing that is left of the other one's.
  await page.goBack();
  await expect(page.getByText("No environments yet")).toBeVisible();
});

test("a user who signed in really is offered no one else's place", async ({ browser }) => {
  const administrator = await signIn(browser, "Administrator");
  const person = await addPerson(administrator, `real-${Date.now().toString(36)}`, {
    storefront: "developer",
  });
  const page = await signInWith(browser, person);
  const notice = page.getByRole("complementary", bar);
  await expect(notice).toBeVisible();
  await expect(notice.getByRole("button")).toHaveCount(0);
  await expect(api(page, "POST", "/demo/session", { role: "admin" })).rejects.toThrow(/403/);
});

test("the link of a simulated environment opens a page that says so", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  const { items } = await api<{ items: { id: string }[] }>(page, "GET", "/environments?q=checkout-preview");
  await page.goto(`/environments/${items[0]?.id}`);
  const opened = page.context().waitForEvent("page");
  await page.locator('a[href*="/simulated/checkout-preview/web"]').first().click();
  const workload = await opened;
  await expect(workload.getByRole("heading", { name: "This workload is simulated" })).toBeVisible();
  await expect(workload.getByText("checkout-preview")).toBeVisible();
  const answer = await page.request.get(workload.url());
  expect(answer.headers()["content-security-policy"]).toMatch(/^default-src 'none'.*sandbox$/);
  expect(answer.headers()["set-cookie"]).toBeUndefined();
});
