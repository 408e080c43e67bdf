import type { Locator, Page } from "@playwright/test";
import { expectAccessible, expectNoOverflow, visit } from "./support/accessibility";
import { signIn } from "./support/people";
import { ensureStatement } from "./support/screens";
import { expect, test } from "./support/test";

/** Lists keep their names readable and never scroll sideways: columns leave in their order, phones get cards. */

interface List {
  path: string;
  caption: string;
  /** The column that names the row. */
  name: string;
  /** Columns at 1440 px, in order; those that leave are named by the width at which they are gone. */
  columns: readonly string[];
  gone: Readonly<Record<1280 | 1024, readonly string[]>>;
}

const lists: readonly List[] = [
  {
    path: "/environments",
    caption: "Environments",
    name: "Name",
    columns: ["Name", "Status", "URL", "Project / owner", "Lease", "Created", "Monthly cost", "Actions"],
    gone: { 1280: ["URL", "Created"], 1024: ["URL", "Created", "Project / owner"] },
  },
  {
    path: "/requests",
    caption: "Requests",
    name: "Request",
    columns: ["Request", "Status", "Project", "Requested by", "Monthly cost", "Requested", "Actions"],
    gone: { 1280: [], 1024: ["Project", "Monthly cost"] },
  },
  {
    path: "/requests/runs",
    caption: "Runs",
    name: "Run",
    columns: ["Run", "Status", "Steps", "Duration", "Created"],
    gone: { 1280: [], 1024: ["Steps"] },
  },
  {
    path: "/projects",
    caption: "Projects",
    name: "Project",
    columns: ["Project", "Cost center", "Members", "Environments", "Approval threshold", "Budget"],
    gone: { 1280: [], 1024: ["Cost center", "Approval threshold"] },
  },
  {
    path: "/admin/users",
    caption: "Users",
    name: "User",
    columns: ["User", "Role", "Projects", "Status", "Last active", "Actions"],
    gone: { 1280: [], 1024: ["Projects", "Last active"] },
  },
  {
    path: "/admin/templates",
    caption: "Template versions",
    name: "Template",
    columns: ["Template", "Version", "Status", "Category", "Author", "Published", "Environments"],
    gone: { 1280: [], 1024: ["Category", "Author"] },
  },
  {
    path: "/admin/audit",
    caption: "Audit events",
    name: "Action",
    columns: ["Time", "Actor", "Action", "Target", "Details", "#", "Outcome"],
    gone: { 1280: ["Details", "#"], 1024: ["Target", "Details", "#"] },
  },
  {
    path: "/costs/statements",
    caption: "Statements",
    name: "Cost center",
    columns: ["Month", "Cost center", "Closed", "Total"],
    gone: { 1280: [], 1024: [] },
  },
];

/** 14rem: a name that is cut shorter can't be told from the next one. */
const leastNamePx = 224;

test("columns leave in their order, and names keep their room", async ({ browser }) => {
  test.setTimeout(300_000);
  const page = await signIn(browser, "Administrator");
  await ensureStatement(page);
  for (const list of lists) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await visit(page, list.path);
    const table = page.getByRole("table", { name: list.caption });
    await expect(table).toBeVisible();
    for (const width of [1440, 1280, 1024] as const) {
      await page.setViewportSize({ width, height: 900 });
      const gone = width === 1440 ? [] : list.gone[width];
      const name = `${list.path} at ${width} px`;
      const columns = list.columns.filter((one) => !gone.includes(one));
      expect.soft(await headingsOf(table), name).toEqual(columns);
      await expectNoOverflow(page, name);
      expect.soft(await hiddenPx(page, list.caption), `${name}: pixels that scroll sideways`).toBe(0);
      const names = await widthsOf(table, list.columns.indexOf(list.name));
      expect(names.length, `${name}: rows`).toBeGreaterThan(0);
      expect.soft(Math.min(...names), `${name}: narrowest name`).toBeGreaterThanOrEqual(leastNamePx);
    }
  }
});

test("on phones each row is a card with all columns", async ({ browser }) => {
  test.setTimeout(300_000);
  const page = await signIn(browser, "Administrator", { phone: true });
  await ensureStatement(page);
  for (const list of lists) {
    await visit(page, list.path);
    const name = `${list.path} on a phone`;
    await expectNoOverflow(page, name);
    expect.soft(await hiddenPx(page, list.caption), `${name}: pixels that scroll sideways`).toBe(0);
    await expect.soft(page.getByRole("columnheader"), name).toHaveCount(0);
    expect
      .soft(await labelsOf(page, list.caption), name)
      .toEqual(list.columns.filter((one) => one !== list.name && one !== "Actions"));
    await expectAccessible(page, name);
  }
});

test("pages of cards and single objects fit at every width", async ({ browser }) => {
  const page = await signIn(browser, "Administrator");
  for (const path of ["/admin/clouds", "/requests/approvals", "/catalog"]) {
    await visit(page, path);
    for (const width of [1440, 1280, 1024, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoOverflow(page, `${path} at ${width} px`);
    }
  }
});

test("cards are sorted by a select, for want of headings", async ({ browser }) => {
  const page = await signIn(browser, "Administrator", { phone: true });
  await visit(page, "/projects");
  await page.getByRole("combobox", { name: "Sort" }).selectOption({ label: "Project, descending" });
  await expect(page).toHaveURL(/sort=-name/);
  const cards = page.getByRole("region", { name: "Projects" }).locator("tbody a");
  await expect(async () => {
    const names = await cards.allTextContents();
    expect(names.length).toBeGreaterThan(1);
    expect(names).toEqual([...names].sort((left, right) => (left < right ? 1 : -1)));
  }).toPass();
});

/** The headings that are shown, also those for screen readers alone. */
async function headingsOf(table: Locator): Promise<string[]> {
  return await table
    .locator("thead th")
    .evaluateAll((cells) =>
      cells
        .filter((cell) => getComputedStyle(cell).display !== "none")
        .map((cell) => cell.textContent?.trim() ?? ""),
    );
}

async function widthsOf(table: Locator, column: number): Promise<number[]> {
  return await table
    .locator(`tbody td:nth-child(${column + 1})`)
    .evaluateAll((cells) => cells.map((cell) => cell.getBoundingClientRect().width));
}

/** How much of the table's frame is out of sight. */
async function hiddenPx(page: Page, caption: string): Promise<number> {
  return await page
    .getByRole("region", { name: caption })
    .evaluate((frame) => frame.scrollWidth - frame.clientWidth);
}

/** The labels that any of the cards shows. */
async function labelsOf(page: Page, caption: string): Promise<string[]> {
  const rows = page.getByRole("region", { name: caption }).locator("tbody tr");
  const labels = await rows.evaluateAll((cards) => {
    const shown = (cell: Element) => getComputedStyle(cell).display !== "none" && cell.textContent !== "";
    const columns = [...(cards[0]?.children ?? [])].map((_, index) => index);
    return columns
      .filter((index) => cards.some((card) => card.children[index] && shown(card.children[index])))
      .map((index) => cards[0]?.children[index]?.getAttribute("data-label") ?? "");
  });
  return labels.filter((label) => label !== "");
}
