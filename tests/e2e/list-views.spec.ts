import type { Page } from "@playwright/test";
import { expectAccessible, visit } from "./support/accessibility";
import { freshName } from "./support/environments";
import { api, signIn } from "./support/people";
import { expect, test } from "./support/test";

/** Which part of a list is shown, how much of it at once, and what a row offers. */

const names = (page: Page) => page.getByRole("region", { name: "Environments" }).locator("tbody td a");
const owner = (page: Page) => page.getByRole("navigation", { name: "Owner" });

interface Items {
  items: { id: string; name: string }[];
}

test("environments begin with one's own, and all are one click away", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  const own = await api<Items>(page, "GET", "/environments?mine=true&limit=200");
  const all = await api<Items>(page, "GET", "/environments?limit=200");
  expect(own.items.length).toBeGreaterThan(0);
  expect(all.items.length).toBeGreaterThan(own.items.length);
  const total = (items: Items["items"]) => page.getByText(`${items.length}\u00a0environments`);

  await visit(page, "/environments");
  await expect(owner(page).getByRole("link", { name: "Mine" })).toHaveAttribute("aria-current", "true");
  await expect(total(own.items)).toBeVisible();
  // What is searched for stays one's own.
  await page.getByRole("searchbox").fill(own.items[0]?.name ?? "");
  await expect(page).toHaveURL(/mine=true/);
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(page).not.toHaveURL(/q=/);
  await expect(owner(page).getByRole("link", { name: "Mine" })).toHaveAttribute("aria-current", "true");

  await owner(page).getByRole("link", { name: "All" }).click();
  await expect(total(all.items)).toBeVisible();
  await page.reload();
  await expect(total(all.items)).toBeVisible();
  // A link with a filter means all environments, also without saying so.
  await visit(page, "/environments?status=running");
  await expect(owner(page).getByRole("link", { name: "All" })).toHaveAttribute("aria-current", "true");
});

test("requests begin with one's own; administrators see all of both", async ({ browser }) => {
  const developer = await signIn(browser, "Developer");
  await developer.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Requests" }).click();
  await expect(developer).toHaveURL(/\/requests\/mine$/);
  await visit(developer, "/requests");
  await expect(developer.getByRole("table", { name: "Requests" })).toBeVisible();

  const administrator = await signIn(browser, "Administrator");
  await visit(administrator, "/environments");
  await expect(owner(administrator).getByRole("link", { name: "All" })).toHaveAttribute(
    "aria-current",
    "true",
  );
});

test("the page size is in the address and remembered in this browser", async ({ browser }) => {
  const page = await signIn(browser, "Administrator");
  await visit(page, "/requests?limit=25");
  const rows = page.getByRole("region", { name: "Requests" }).locator("tbody tr");
  await expect(rows).toHaveCount(25);
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL(/cursor=/);
  await page.getByRole("combobox", { name: "Rows per page" }).selectOption("100");
  await expect(page).toHaveURL(/limit=100/);
  expect(page.url()).not.toContain("cursor=");
  await expect.poll(() => rows.count()).toBeGreaterThan(25);

  await visit(page, "/admin/audit");
  await expect(page.getByRole("combobox", { name: "Rows per page" })).toHaveValue("100");
  const stranger = await signIn(browser, "Administrator");
  await visit(stranger, "/admin/audit");
  await expect(stranger.getByRole("combobox", { name: "Rows per page" })).toHaveValue("50");
});

test("the last page of a search tells how many requests it found", async ({ browser }) => {
  const page = await signIn(browser, "Administrator");
  const found = await api<Items>(page, "GET", "/requests?q=e&limit=200");
  expect(found.items.length).toBeGreaterThan(25);
  expect(found.items.length).toBeLessThan(200);
  await visit(page, "/requests?q=e&limit=25");
  await expect(page.getByText("25+\u00a0requests")).toBeVisible();
  const next = page.getByRole("link", { name: "Next" });
  for (let rows = 25; rows < found.items.length; rows += 25) {
    await next.click();
    await expect(page).toHaveURL(new RegExp(`before=${rows}\\b`));
  }
  await expect(page.getByText(`${found.items.length}\u00a0requests`)).toBeVisible();
  await expect(next).toHaveCount(0);
});

test("a row's menu opens by keyboard, leads on and copies", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await visit(page, "/environments?q=checkout-preview");
  const id = (await names(page).first().getAttribute("href"))?.split("/").at(-1) ?? "";
  const button = page.getByRole("button", { name: "Actions for checkout-preview" });
  const copied = () => page.evaluate(() => navigator.clipboard.readText());

  await button.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Open", exact: true })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Open", exact: true })).not.toBeFocused();
  await expect(page.getByRole("menuitem", { name: "Edit configuration" })).toBeVisible();
  await expectAccessible(page, "a row's menu");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toHaveCount(0);
  await expect(button).toBeFocused();

  const choose = async (item: string) => {
    await button.click();
    await page.getByRole("menuitem", { name: item }).click();
    await expect(page.getByRole("menu")).toHaveCount(0);
  };
  await choose("Copy ID");
  await expect.poll(copied).toBe(id);
  await choose("Copy link");
  await expect.poll(copied).toBe(new URL(`/environments/${id}`, page.url()).href);
  await choose("View logs");
  await expect(page).toHaveURL(new RegExp(`/environments/${id}/logs$`));
});

test("a pending request is canceled from its row, after a question", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  const name = freshName("row-cancel");
  const { id } = await api<{ id: string }>(page, "POST", "/requests", {
    kind: "create",
    project: "storefront",
    template: "three-tier-shop",
    name,
    parameters: { size: "large", web_replicas: 6, api_replicas: 4 },
    reason: "To be canceled from the list.",
  });
  const status = async () => (await api<{ status: string }>(page, "GET", `/requests/${id}`)).status;
  expect(await status()).toBe("pending_approval");
  await visit(page, `/requests/mine?q=${name}`);
  await page.getByRole("button", { name: `Actions for New environment: ${name}` }).click();
  await page.getByRole("menuitem", { name: "Cancel request…" }).click();
  const dialog = page.getByRole("alertdialog", { name: "Cancel this request?" });
  await dialog.getByRole("button", { name: "Keep request" }).click();
  await expect(dialog).toHaveCount(0);
  expect(await status()).toBe("pending_approval");
  await page.getByRole("button", { name: `Actions for New environment: ${name}` }).click();
  await page.getByRole("menuitem", { name: "Cancel request…" }).click();
  await dialog.getByRole("button", { name: "Cancel request" }).click();
  await expect(page.getByRole("table").getByText("Canceled")).toBeVisible();
  expect(await status()).toBe("cancelled");
});

test("who may not change an environment isn't offered to edit it", async ({ browser }) => {
  const page = await signIn(browser, "Auditor");
  await visit(page, "/environments?q=checkout-preview");
  await page.getByRole("button", { name: "Actions for checkout-preview" }).click();
  await expect(page.getByRole("menuitem", { name: "Open", exact: true })).toBeVisible();
  await expect(page.getByRole("menuitem", { name: "Edit configuration" })).toHaveCount(0);
});
