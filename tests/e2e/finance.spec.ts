import { notShown } from "./support/accessibility";
import { cardOf } from "./support/environments";
import { type Role, signIn } from "./support/people";
import { expect, test } from "./support/test";
import { watch } from "./support/watch";

test("finance opens an amount down to usage and price", async ({ browser }) => {
  const page = await signIn(browser, "Finance");
  const problems = watch(page);
  await page.goto("/costs");
  await page
    .getByRole("row", { name: /Storefront/ })
    .getByRole("link")
    .click();
  await expect(page.getByRole("heading", { level: 1, name: "Storefront" })).toBeVisible();
  const first = page.getByRole("row").nth(1);
  const environment = await first.getByRole("cell").first().textContent();
  await page.getByLabel("Search environments").fill(environment ?? "");
  await expect(page).toHaveURL(/q=/);
  await expect(page.getByRole("row").nth(1)).toContainText(environment ?? "");
  const csv = await page.request.get(
    (await page.getByRole("link", { name: "Export CSV" }).getAttribute("href")) ?? "",
  );
  expect(csv.headers()["content-type"]).toContain("text/csv");
  expect(await csv.text()).toContain(environment ?? "");

  await page.getByRole("row").nth(1).getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(`${environment}:`);
  await page.getByRole("row").nth(1).getByRole("link").click();
  await expect(page.getByText("the price active at the start of each hour")).toBeVisible();
  const hour = page.getByRole("row").nth(1);
  await expect(hour).toContainText(/× €0\.\d+/);
  await expect(hour).toContainText(/, since \d{4}-\d\d-\d\d/);
  expect(problems()).toEqual([]);
});

test("finance closes the earliest month, and every line of a statement opens to its days", async ({
  browser,
}) => {
  const page = await signIn(browser, "Finance");
  const problems = watch(page);
  await page.goto("/");
  const closing = cardOf(page, "Month-end close");
  await expect(closing).toBeVisible();
  const open = await closing.getByRole("link", { name: /is ready to close/ }).count();
  await page.goto("/costs/statements");
  if (open > 0) {
    const button = page.getByRole("button", { name: /^Close / });
    const month = ((await button.textContent()) ?? "").replace("Close ", "");
    await button.click();
    const dialog = page.getByRole("alertdialog");
    await expect(dialog.getByText(/can’t be changed or reopened/)).toBeVisible();
    await dialog.getByRole("button", { name: `Close ${month}` }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole("link", { name: month }).first()).toBeVisible();
  }
  await page.locator('a[href^="/costs/statements/"]').first().click();
  await expect(page.getByText("Digest verified")).toBeVisible();
  await page.getByRole("row").nth(1).getByRole("link").click();
  await expect(page).toHaveURL(/month=\d{4}-\d\d/);
  await expect(page.getByRole("table", { name: "Daily cost" })).toBeVisible();
  expect(problems()).toEqual([]);
});

/** What each role is led to exists for them, and what is not theirs does not. */
const doors: [Role, { shown: string[]; hidden: string[]; refused: string[] }][] = [
  [
    "Finance",
    {
      shown: ["Costs", "Insights", "Projects", "Catalog"],
      hidden: ["Environments", "Requests", "Overview", "Users", "Audit log"],
      refused: ["/admin/users", "/admin/clouds", "/admin/system"],
    },
  ],
  [
    "Auditor",
    {
      shown: ["Environments", "Requests", "Templates", "Policies", "Projects", "Audit log"],
      hidden: ["Approvals", "Price book"],
      refused: ["/admin/templates/new", "/admin/clouds/new"],
    },
  ],
  [
    "Developer",
    {
      shown: ["Catalog", "Environments", "Requests", "Projects", "Costs", "Insights"],
      hidden: ["Approvals", "Runs", "Users", "Audit log", "Price book"],
      refused: ["/admin/users", "/costs/prices", "/admin/policies", "/admin/audit"],
    },
  ],
];

for (const [role, { shown, hidden, refused }] of doors) {
  test(`${role}: every entry of the sidebar leads somewhere, and nothing else does`, async ({ browser }) => {
    const page = await signIn(browser, role);
    const problems = watch(page);
    const sidebar = page.getByRole("complementary", { name: "Sidebar" });
    for (const label of shown) await expect(sidebar.getByRole("link", { name: label })).toBeVisible();
    for (const label of hidden) await expect(sidebar.getByRole("link", { name: label })).toHaveCount(0);
    const hrefs = await sidebar
      .getByRole("navigation")
      .getByRole("link")
      .evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
    for (const href of hrefs) {
      await page.goto(href);
      await expect(page.getByRole("heading", { level: 1 }), href).toBeVisible();
      await expect(page.getByRole("heading", { name: notShown }), href).toHaveCount(0);
    }
    for (const path of refused) {
      await page.goto(path);
      await expect(page.getByRole("heading", { name: "No access" }), path).toBeVisible();
    }
    expect(problems()).toEqual([]);
  });
}

test("an auditor sees everything and is offered no change", async ({ browser }) => {
  const page = await signIn(browser, "Auditor");
  for (const [path, change] of [
    ["/costs/prices", "Add price"],
    ["/admin/projects", "New project"],
    ["/admin/users", "New user"],
    ["/admin/clouds", "Add cloud"],
    ["/admin/templates", "New template version"],
  ] as const) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByText(change, { exact: true }), path).toHaveCount(0);
  }
});

test("an address that leads nowhere is a 404 that keeps the way around", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  const response = await page.goto("/no/such/place");
  expect(response?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
  await page.getByRole("complementary", { name: "Sidebar" }).getByRole("link", { name: "Catalog" }).click();
  await expect(page).toHaveURL(/\/catalog$/);
});

test("the palette reaches a screen, an action and an environment by keyboard alone", async ({ browser }) => {
  const page = await signIn(browser, "Administrator");
  await page.goto("/");
  await page.keyboard.press("Control+k");
  const box = page.getByPlaceholder("Search environments, templates, pages and actions…");
  await expect(box).toBeFocused();
  await box.fill("queues");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/admin\/system$/);
  await page.keyboard.press("Control+k");
  await box.fill("new user");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "New user" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await box.fill("checkout");
  await expect(page.getByRole("option", { name: /checkout/ }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/environments\//);
});
