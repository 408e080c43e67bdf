import type { Browser, Page } from "@playwright/test";
import { newDemoLink } from "../support/demo-link";
import { notShown, visit, visitNothing } from "./support/accessibility";
import { findEnvironment, freshName, openTab, stateOf } from "./support/environments";
import { addPerson, api, signIn, signInWith, stranger } from "./support/people";
import { testedRostrum } from "./support/rostrum";
import { expect, test } from "./support/test";

/** What people may not do is neither shown to them nor done for them. */

const actions = ["Stop", "Start", "Back up"];

test("the auditor reads everything, verifies the chain and writes nothing", async ({ browser }) => {
  const page = await signIn(browser, "Auditor");
  await visit(page, "/admin/audit");
  await expect(page.getByRole("table").getByRole("row").nth(10)).toBeVisible();
  await page.getByRole("button", { name: "Verify integrity" }).click();
  const verdict = page.getByRole("dialog", { name: "Integrity verified" });
  await expect(verdict).toContainText(/Verified\s*[1-9][\d,]*\sevents/);
  await verdict.getByRole("button", { name: "Done" }).click();

  const id = await findEnvironment(page, "checkout-preview");
  await visit(page, `/environments/${id}`);
  await expectReadOnly(page, id);
  await visit(page, "/catalog/web-with-postgres/request");
  await expect(page.getByText("You don’t have access to request environments")).toBeVisible();
  for (const path of ["/admin/templates", "/admin/clouds", "/admin/users"]) {
    await visit(page, path);
    await expect(page.getByRole("link", { name: /^(New|Add|Register)/ }), path).toHaveCount(0);
    await expect(page.getByRole("button", { name: /^(New|Add|Register|Check|Disable)/ }), path).toHaveCount(
      0,
    );
  }
  await visitNothing(page, "/admin/clouds/new", "No access");
  await page.context().close();
});

test("a template says where it can run and how components are isolated there", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  await visit(page, "/catalog/web-with-postgres");
  const short = page.getByRole("definition").filter({ hasText: "This machine" });
  await expect(short).toContainText(/isolated|separate users/);
  await page.context().close();
});

test("a viewer sees the project's environments and no way to change them", async ({ browser }) => {
  const page = await personWith(browser, { storefront: "viewer" });
  const id = await findEnvironment(page, "checkout-preview");
  await visit(page, "/environments");
  await page.getByRole("link", { name: "checkout-preview", exact: true }).click();
  await expect(stateOf(page)).toBeVisible();
  await expectReadOnly(page, id);
  await expect(page.getByText("Only project developers and owners can reveal secrets.")).toBeVisible();
  await visit(page, `/environments/${id}/change`);
  await expect(page.getByText("You can’t edit this environment")).toBeVisible();
  await page.context().close();
});

test("who belongs to no project finds nothing: neither lists nor addresses show what is foreign", async ({
  browser,
}) => {
  const insider = await signIn(browser, "Developer");
  const id = await findEnvironment(insider, "checkout-preview");
  const requests = await api<{ items: { id: string }[] }>(insider, "GET", "/requests?limit=1");
  const runs = await api<{ items: { id: string }[] }>(insider, "GET", "/runs?limit=1");
  await insider.context().close();

  const page = await personWith(browser, {});
  await visit(page, "/environments");
  await expect(page.getByRole("link", { name: "checkout-preview" })).toHaveCount(0);
  const foreign = [
    `/environments/${id}`,
    `/environments/${id}/logs`,
    `/environments/${id}/change`,
    `/requests/${requests.items[0]?.id}`,
    `/approvals/${requests.items[0]?.id}`,
    `/runs/${runs.items[0]?.id}`,
    "/projects/storefront",
    "/projects/storefront/members",
    "/admin/audit",
    "/admin/users",
  ];
  const headingOf = (path: string) => (path.startsWith("/admin/") ? "No access" : "Not found");
  for (const path of foreign) {
    await visitNothing(page, path, headingOf(path));
  }
  for (const path of foreign) {
    const answer = await page.request.get(path);
    expect(answer.status(), path).toBe(headingOf(path) === "No access" ? 403 : 404);
    const text = await answer.text();
    expect(text, `${path} is whole without scripts`).toContain(`${headingOf(path)}</h1>`);
    expect(text, `${path} begins with the shape of a page that is not theirs`).not.toContain(">Loading ");
  }
  await page.getByRole("link", { name: "Go home" }).click();
  await expect(page.getByRole("heading", { level: 1, name: notShown })).toHaveCount(0);
  // Home is a whole new page: its keys count once its scripts run.
  await expect(async () => {
    await page.keyboard.press("ControlOrMeta+k");
    await expect(page.getByRole("dialog")).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 30_000 });
  await page.getByRole("dialog").getByRole("combobox").fill("checkout-preview");
  await expect(page.getByRole("dialog").getByRole("option", { name: /checkout-preview/ })).toHaveCount(0);
  await expect(api(page, "GET", `/environments/${id}`)).rejects.toThrow(/404/);
  await expect(api(page, "POST", "/requests", destroy(id))).rejects.toThrow(/403/);
  await page.context().close();
});

test("a stranger is asked to sign in and comes back to where they wanted to go", async ({ browser }) => {
  const page = await stranger(browser);
  // Lets this browser choose demo users; it signs no one in.
  await page.goto(await newDemoLink(testedRostrum()?.dataDir));
  // Roles and administrators are told to users who are signed in.
  await page.goto("/nowhere/forbidden?address=/admin/audit");
  await expect(page.getByRole("heading", { level: 1, name: "Page not found" })).toBeVisible();
  await page.goto("/costs");
  await expect(page).toHaveURL(/sign-in/);
  const answer = await page.request.get("/api/v1/environments");
  expect(answer.status()).toBe(401);
  expect(answer.headers()["content-type"]).toContain("application/problem+json");
  await page.getByRole("button", { name: /^Developer/ }).click();
  await expect(page).toHaveURL(/\/costs$/);
  await page.context().close();
});

/** A new person with these roles in projects, signed in with their password. */
async function personWith(browser: Browser, roles: Record<string, string>): Promise<Page> {
  const administrator = await signIn(browser, "Administrator");
  const person = await addPerson(administrator, freshName("person"), roles);
  await administrator.context().close();
  return await signInWith(browser, person);
}

/** On the page of an environment: nothing to press in any tab, and the API refuses what the page does not offer. */
async function expectReadOnly(page: Page, id: string): Promise<void> {
  const offers = page.getByRole("button", {
    name: new RegExp(`^(${actions.join("|")}|Destroy…|Extend|Reveal)`),
  });
  for (const tab of ["Backups", "Settings", "Overview"]) {
    await openTab(page, id, tab);
    await expect(offers, tab).toHaveCount(0);
    await expect(page.getByRole("link", { name: "Edit configuration" }), tab).toHaveCount(0);
  }
  await expect(api(page, "POST", "/requests", destroy(id))).rejects.toThrow(/403/);
  await expect(api(page, "POST", `/environments/${id}/backups`, {})).rejects.toThrow(/403/);
}

const destroy = (environment: string) => ({ kind: "destroy", environment, reason: "" });
