import type { Page } from "@playwright/test";
import { visit, visitNothing } from "./support/accessibility";
import { freshName } from "./support/environments";
import { addPerson, api, type Role, signIn, signInWith } from "./support/people";
import { expect, test } from "./support/test";

/** The sections of the portal, their tabs and the addresses that lead to them. */

test("old addresses lead to the pages of today for good, with their filters", async ({ browser }) => {
  const page = await signIn(browser, "Administrator");
  const moved = [
    ["/approvals", "/requests/approvals"],
    ["/runs?status=failed&q=shop", "/requests/runs?status=failed&q=shop"],
    ["/requests?who=me&status=failed", "/requests/mine?who=me&status=failed"],
    ["/reports?days=90", "/insights?days=90"],
    ["/reports?days=90&reason=idle", "/insights/reclaimable?days=90&reason=idle"],
    ["/admin/prices", "/costs/prices"],
    ["/admin/people?q=dana", "/admin/users?q=dana"],
    ["/admin/queues", "/admin/system"],
    ["/admin/notifications", "/admin/settings"],
  ] as const;
  for (const [old, today] of moved) {
    const answer = await page.request.get(old, { maxRedirects: 0 });
    expect(answer.status(), old).toBe(308);
    expect(answer.headers().location, old).toBe(today);
    await visit(page, old);
    expect(new URL(page.url()).pathname + new URL(page.url()).search, old).toBe(today);
  }
  await page.context().close();
});

const tabsOf: [Role, Record<string, string[]>][] = [
  [
    "Developer",
    {
      "/requests": ["Mine", "All", "Runs"],
      "/costs": ["Overview", "Budgets", "Statements"],
      "/insights": ["Usage", "Fulfillment", "Reclaimable"],
    },
  ],
  ["Approver", { "/requests": ["To approve", "All", "Runs"] }],
  ["Auditor", { "/requests": ["All", "Runs"] }],
  [
    "Finance",
    {
      "/costs": ["Overview", "Budgets", "Statements", "Price book"],
      "/insights": ["Usage", "Fulfillment", "Reclaimable"],
    },
  ],
  [
    "Administrator",
    {
      "/requests": ["To approve", "Mine", "All", "Runs"],
      "/insights": ["Usage", "Fulfillment", "Reclaimable", "Capacity"],
    },
  ],
];

for (const [role, sections] of tabsOf) {
  test(`${role}: sections have the tabs this role uses, and each opens`, async ({ browser }) => {
    const page = await signIn(browser, role);
    for (const [path, expected] of Object.entries(sections)) {
      await visit(page, path);
      const tabs = tabsOn(page);
      // A tab can end with a count.
      const words = (await tabs.allInnerTexts()).map((text) => text.replace(/\s*\d+\+?$/, ""));
      expect(words, path).toEqual(expected);
      for (const word of expected) {
        const tab = tabs.filter({ hasText: word });
        await tab.click();
        await expect(tab, `${path}: ${word}`).toHaveAttribute("aria-current", "page");
        await expect(page.locator(".animate-shimmer:visible"), `${path}: ${word}`).toHaveCount(0);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      }
    }
    await page.context().close();
  });
}

test("an approver is led from the sidebar to what waits, as many as the badge says", async ({ browser }) => {
  const page = await signIn(browser, "Approver");
  await visit(page, "/");
  const requests = page
    .getByRole("complementary", { name: "Sidebar" })
    .getByRole("link", { name: /^Requests/ });
  await expect(requests).toHaveAccessibleName(/^Requests \d+ to approve$/);
  const badge = Number(((await requests.textContent()) ?? "").match(/\d+/)?.[0]);
  await requests.click();
  await expect(page).toHaveURL(/\/requests\/approvals$/);
  await expect(tabsOn(page).filter({ hasText: "To approve" })).toContainText(String(badge));
  await expect(page.getByText(`${badge} pending, oldest first`)).toBeVisible();
  await page.getByRole("region", { name: "Pending approvals" }).getByRole("link").first().click();
  await expect(page).toHaveURL(/\/approvals\/req_/);
  await expect(requests).toHaveAttribute("aria-current", "page");
  await page.context().close();
});

test("the landing page of the administration says what its lists hold", async ({ browser }) => {
  const page = await signIn(browser, "Administrator");
  await visit(page, "/admin");
  const figures = page.getByRole("main").getByRole("link");
  const figureOf = async (label: string) => {
    const text = (await figures.filter({ hasText: label }).first().textContent()) ?? "";
    return Number(text.replace(label, "").match(/^\d+/)?.[0]);
  };
  const failed = await figureOf("Failed runs");
  const weekAgo = new Date(Date.now() - 7 * 86_400_000).toISOString();
  const runs = await api<{ items: { createdAt: string }[] }>(page, "GET", "/runs?status=failed&limit=200");
  expect(failed).toBe(runs.items.filter((run) => run.createdAt >= weekAgo).length);
  const clouds = await api<{ items: { enabled: boolean; healthOk: boolean | null }[] }>(
    page,
    "GET",
    "/clouds",
  );
  expect(await figureOf("Unhealthy clouds")).toBe(
    clouds.items.filter((one) => one.enabled && one.healthOk === false).length,
  );
  const workers = await api<{ items: { alive: boolean }[] }>(page, "GET", "/workers");
  expect(await figureOf("Active workers")).toBe(workers.items.filter((one) => one.alive).length);
  const orphans = figures.filter({ hasText: "Orphaned resources" });
  await expect(orphans).not.toContainText("Checking clouds", { timeout: 40_000 });

  await figures.filter({ hasText: "Versions in review" }).click();
  await expect(page).toHaveURL(/\/admin\/templates\?status=in_review$/);
  await page.goBack();
  await figures.filter({ hasText: "Failed runs" }).click();
  await expect(page).toHaveURL(/\/requests\/runs\?status=failed&days=7$/);
  const rows = page.getByRole("table", { name: "Runs" }).getByRole("row");
  // The demo organization has some; a heading above them.
  await expect(rows).toHaveCount(Math.min(failed, 50) + 1);
  await page.context().close();
});

test("a member sees the project's pages, and a user who is none finds nothing", async ({ browser }) => {
  const member = await signIn(browser, "Developer");
  await visit(member, "/projects");
  await member.getByRole("link", { name: "Storefront", exact: true }).click();
  await expect(member.getByRole("heading", { level: 1, name: "Storefront" })).toBeVisible();
  const tabs = member.getByRole("navigation", { name: "Project", exact: true }).getByRole("link");
  await expect(tabs).toHaveText(["Overview", "Environments", "Members", "Limits", "Costs", "Activity"]);
  await tabs.filter({ hasText: "Environments" }).click();
  await expect(member.getByRole("link", { name: "checkout-preview", exact: true })).toBeVisible();
  await tabs.filter({ hasText: "Members" }).click();
  await expect(member.getByText("Dana Okafor", { exact: true }).last()).toBeVisible();
  // Members are managed by owners.
  await expect(member.getByRole("button", { name: "Add member" })).toHaveCount(0);
  await tabs.filter({ hasText: "Limits" }).click();
  await expect(member.getByRole("row", { name: /^Approval threshold/ })).toBeVisible();
  await tabs.filter({ hasText: "Costs" }).click();
  await expect(member.getByText("Month to date")).toBeVisible();
  await tabs.filter({ hasText: "Activity" }).click();
  await expect(member.getByRole("table", { name: "Requests in this project" })).toBeVisible();
  await member.context().close();

  const administrator = await signIn(browser, "Administrator");
  const person = await addPerson(administrator, freshName("person"), {});
  await administrator.context().close();
  const outsider = await signInWith(browser, person);
  await visit(outsider, "/projects");
  await expect(outsider.getByText("No projects yet")).toBeVisible();
  for (const tab of ["", "/members", "/costs"]) await visitNothing(outsider, `/projects/storefront${tab}`);
  await outsider.context().close();
});

test("what is missing, what is not theirs and what no page has are three pages", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  await visitNothing(page, "/projects/no-such-project", "Not found");
  await visitNothing(page, "/admin", "No access");
  await expect(page.getByText("You need the Administrator or Auditor role to open this page.")).toBeVisible();
  await visitNothing(page, "/enviroments", "Page not found");
  await page.context().close();
});

test("bell and help menu work by keyboard", async ({ browser }) => {
  const page = await signIn(browser, "Approver");
  await visit(page, "/");
  const bell = page.getByRole("button", { name: /^Notifications/ });
  await bell.focus();
  await page.keyboard.press("Enter");
  const popover = page.getByRole("dialog", { name: "Notifications" });
  await expect(popover.getByRole("link", { name: "View all notifications" })).toBeVisible();
  await expect(popover.getByText("Loading notifications")).toHaveCount(0);
  const readAll = popover.getByRole("button", { name: "Mark all as read" });
  if (/\d/.test((await bell.getAttribute("aria-label")) ?? "")) {
    await readAll.focus();
    await page.keyboard.press("Enter");
  }
  await expect(popover.getByText("You’re all caught up")).toBeVisible();
  await expect(page.getByRole("button", { name: "Notifications", exact: true })).toBeVisible();
  const { items } = await api<{ items: unknown[] }>(page, "GET", "/notifications?unread=true");
  expect(items).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(popover).toHaveCount(0);
  await expect(bell).toBeFocused();

  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Help" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Guides" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "API reference" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Keyboard shortcuts" })).toBeFocused();
  await page.keyboard.press("Enter");
  const shortcuts = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(shortcuts.getByText("Search pages, environments and templates")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(shortcuts).toHaveCount(0);
  await page.getByRole("button", { name: "Help" }).click();
  await page.getByRole("menuitem", { name: "What’s new" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "What’s new" })).toBeVisible();
  await expect(page.getByRole("heading", { level: 2, name: "Added" })).toBeVisible();
  await page.context().close();
});

function tabsOn(page: Page) {
  return page
    .getByRole("main")
    .getByRole("navigation", { name: /^(Requests|Costs|Insights)$/ })
    .getByRole("link");
}
