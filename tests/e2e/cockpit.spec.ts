import { execFileSync } from "node:child_process";
import type { Page } from "@playwright/test";
import pg from "pg";
import { expectAccessible, expectNoOverflow, visit } from "./support/accessibility";
import { freshName, getEnvironment, stateOf } from "./support/environments";
import { api, eventually, signIn } from "./support/people";
import { RequestForm } from "./support/request-form";
import { holdWorkers, testedRostrum } from "./support/rostrum";
import { expect, test } from "./support/test";

/** The page of an environment as a cockpit, on real processes: one environment for all of it, in the order of its life. */
test.describe.configure({ mode: "serial", timeout: 60_000 });

const name = freshName("cockpit");
const title = "Notes of the cockpit";
let developer: Page;
let id: string;
/** Lets the workers begin. */
let letGo = () => {};

test.beforeAll(async ({ browser }) => {
  developer = await signIn(browser, "Developer");
  await developer.context().grantPermissions(["clipboard-read", "clipboard-write"]);
});
test.afterAll(async () => {
  letGo();
  if (id) await api(developer, "POST", "/requests", { kind: "destroy", environment: id, reason: "" });
  await developer?.context().close();
});

const moment = (page: Page) => page.getByRole("region", { name: "Ready", exact: true });
const drawer = (page: Page, of: string) => page.getByRole("dialog", { name: of, exact: true });
const node = (page: Page, component: string) => page.locator(`[data-node="${component}"]`);
const copied = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

test("the end of a creation is a moment for who watches, and calm afterwards", async ({ browser }) => {
  letGo = holdWorkers(testedRostrum());
  const created = await api<{ environmentId: string }>(developer, "POST", "/requests", {
    kind: "create",
    project: "storefront",
    template: "web-with-postgres",
    name,
    cloud: "this-machine",
    parameters: { size: "small", title },
    leaseDays: 2,
    reason: "",
  });
  id = created.environmentId;
  await visit(developer, `/environments/${id}`);
  await expect(stateOf(developer)).toHaveText("Creating");
  await expect(moment(developer)).toHaveCount(0);

  // No one loads the page again: it follows.
  letGo();
  await expect(moment(developer)).toBeVisible({ timeout: 60_000 });
  const { endpoints } = await getEnvironment(developer, id);
  const open = moment(developer).getByRole("link", { name: `Open ${name}` });
  await expect(open).toHaveAttribute("href", endpoints[0]?.url ?? "");
  await expect(moment(developer)).toContainText(`curl -i '${endpoints[0]?.url}'`);
  await expect(moment(developer)).toContainText("<password>");
  await expectAccessible(developer, "an environment that is ready");

  // Said once: not at the next visit, and not to those it isn't news for.
  await developer.reload();
  await expect(stateOf(developer)).toHaveText("Running");
  await expect(moment(developer)).toHaveCount(0);
  const administrator = await signIn(browser, "Administrator");
  await visit(administrator, `/environments/${id}`);
  await expect(stateOf(administrator)).toHaveText("Running");
  await expect(moment(administrator)).toHaveCount(0);
  // Its owner, who comes later and elsewhere, is told.
  const elsewhere = await signIn(browser, "Developer");
  await visit(elsewhere, `/environments/${id}`);
  await moment(elsewhere).getByRole("button", { name: "Close" }).click();
  await expect(moment(elsewhere)).toHaveCount(0);
});

test("a component opens from the topology, by its link and by the keyboard, and gives the focus back", async () => {
  await visit(developer, `/environments/${id}`);
  await node(developer, "web").click();
  const web = drawer(developer, "Web application");
  await expect(web).toContainText("Healthy");
  await expect(developer).toHaveURL(/\?component=web$/);
  await expect(web).toContainText("0.25 core · 192 MiB memory");
  await expect(web.getByRole("region", { name: "Log" }).getByRole("listitem").first()).toBeVisible();
  await expect(web.getByRole("table", { name: "CPU of Web application, figures" })).toBeAttached();
  await expect(web.getByText(/Limit 192\sMiB/).first()).toBeVisible();
  await expectAccessible(developer, "the details of a component");

  await web.getByRole("button", { name: "PostgreSQL", exact: true }).click();
  await expect(drawer(developer, "PostgreSQL")).toContainText("postgres");
  await expect(developer).toHaveURL(/\?component=db$/);
  await developer.keyboard.press("Escape");
  await expect(developer.getByRole("dialog")).toHaveCount(0);
  await expect(developer).toHaveURL(new RegExp(`/environments/${id}$`));
  await expect(node(developer, "db")).toBeFocused();

  await developer.keyboard.press("Enter");
  await expect(drawer(developer, "PostgreSQL")).toBeVisible();
  await developer.goBack();
  await expect(developer.getByRole("dialog")).toHaveCount(0);
  await expect(developer, "back closes the details, not the page").toHaveURL(new RegExp(`/${id}$`));

  await visit(developer, `/environments/${id}?component=web`);
  await expect(drawer(developer, "Web application")).toBeVisible();
  await developer.getByRole("button", { name: "Close" }).click();
  await expect(node(developer, "web")).toBeFocused();
  // A link to a component that is gone is a link to the environment.
  await visit(developer, `/environments/${id}?component=gone`);
  await expect(stateOf(developer)).toHaveText("Running");
  await expect(developer.getByRole("dialog")).toHaveCount(0);
});

test("closed details leave no log stream open", async () => {
  const page = await developer.context().newPage();
  await page.addInitScript(`
    window.streams = [];
    window.EventSource = class extends window.EventSource {
      constructor(...input) { super(...input); window.streams.push(this); }
    };
  `);
  const openLogs = () =>
    page.evaluate("streams.filter((one) => one.url.includes('/logs?') && one.readyState !== 2).length");
  await visit(page, `/environments/${id}`);
  await node(page, "db").click();
  await expect(drawer(page, "PostgreSQL").getByRole("region", { name: "Log" })).toContainText("LOG:");
  expect(await openLogs()).toBe(1);
  await page.keyboard.press("Escape");
  await expect.poll(openLogs).toBe(0);
  await page.close();
});

test("how to connect to a database has its secret only once that is revealed", async () => {
  await visit(developer, `/environments/${id}?component=db`);
  const connect = drawer(developer, "PostgreSQL").getByRole("region", { name: "Connect" });
  await expect(connect).toContainText(/psql 'postgres:\/\/<user>:<password>@[\d.]+:\d+\/<database>'/);
  await connect.getByRole("button", { name: "Reveal secret" }).click();
  await expect(connect).toContainText("psql 'postgres://app:");
  await connect.getByRole("button", { name: "Copy Connection URL" }).click();
  const url = await copied(developer);
  const { password } = new URL(url);
  expect(password.length).toBeGreaterThan(10);
  const client = new pg.Client(url);
  await client.connect();
  await client.end();

  await connect.getByRole("button", { name: "Hide secret" }).click();
  await expect(connect).toContainText("<password>");
  await developer.reload();
  await expect(drawer(developer, "PostgreSQL")).toBeVisible();
  expect(await developer.content(), "it comes with no page").not.toContain(password);
});

test("one component restarts from its details", async () => {
  const pidOf = async (component: string) => {
    const { resources } = await getEnvironment(developer, id);
    return resources.find((one) => "program" in one.attributes && one.externalId.endsWith(component))
      ?.attributes.pid;
  };
  const before = [await pidOf("web"), await pidOf("db")];
  expect(before.every(Number)).toBe(true);
  await visit(developer, `/environments/${id}?component=web`);
  await developer.getByRole("button", { name: "Restart component" }).click();
  const dialog = developer.getByRole("alertdialog", { name: "Restart Web application?" });
  await expect(dialog.getByRole("button")).toHaveText(["Cancel", "Restart component"]);
  await dialog.getByRole("button", { name: "Restart component" }).click();
  await eventually(
    async () => await pidOf("web"),
    (pid) => Number(pid) > 0 && pid !== before[0],
  );
  expect(await pidOf("db"), "the other one continues").toBe(before[1]);
  await expect(drawer(developer, "Web application")).toContainText("Healthy");
});

test("the menu restarts, extends, transfers and copies", async () => {
  await visit(developer, `/environments/${id}`);
  const menu = developer.getByRole("button", { name: "More actions" });
  const choose = async (item: string) => {
    await menu.click();
    await developer.getByRole("menuitem", { name: item }).click();
    await expect(developer.getByRole("menu")).toHaveCount(0);
  };
  await menu.click();
  await expectAccessible(developer, "the menu of an environment");
  await developer.keyboard.press("Escape");
  await expect(menu).toBeFocused();

  await choose("Copy ID");
  await expect.poll(() => copied(developer)).toBe(id);
  await choose("Copy URL");
  await expect.poll(() => copied(developer)).toMatch(/^http:\/\/[\d.]+:\d+$/);
  await choose("Copy API call");
  await expect.poll(() => copied(developer)).toContain(`/api/v1/environments/${id}'`);
  const { token } = await api<{ token: string }>(developer, "POST", "/tokens", { name, scopes: ["read"] });
  const env = { ...process.env, ROSTRUM_TOKEN: token };
  const answer = execFileSync("sh", ["-c", await copied(developer)], { encoding: "utf8", env });
  expect(JSON.parse(answer)).toMatchObject({ id, name });

  await choose("Extend lease…");
  const extension = developer.getByRole("dialog", { name: `Extend lease of ${name}` });
  await extension.getByLabel("Lease in days").fill("5");
  await extension.getByRole("button", { name: "Extend lease" }).click();
  await expect(developer.getByText("5 days left").first()).toBeVisible();
  await expect(menu).toBeFocused();

  await choose("Transfer environment…");
  const transfer = developer.getByRole("dialog", { name: `Transfer ${name}` });
  const owner = transfer.getByRole("combobox", { name: /^New owner/ });
  const send = transfer.getByRole("button", { name: "Transfer environment" });
  await expect(send).toBeDisabled();
  await expect(send).toHaveAccessibleDescription("Choose a member of the project.");
  // Members are offered before anything is typed, and its owner isn't among them.
  await owner.click();
  await expect(developer.getByRole("option").first()).toBeVisible();
  await expect(developer.getByRole("option", { name: /Dana Okafor/ })).toHaveCount(0);
  await owner.fill("nobody of this project");
  await expect(developer.getByRole("option")).toHaveCount(0);
  await owner.fill("");
  await owner.press("ArrowDown");
  await owner.press("ArrowDown");
  await owner.press("Enter");
  await expect(owner).toHaveValue(/@/);
  await expect(send).toBeEnabled();
  await transfer.getByRole("button", { name: "Cancel" }).click();
  await expect(menu).toBeFocused();

  await choose("Restart environment…");
  await developer.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
  await expect(menu).toBeFocused();
});

test("a duplicate begins with what the environment has", async () => {
  await visit(developer, `/environments/${id}`);
  await developer.getByRole("button", { name: "More actions" }).click();
  await developer.getByRole("menuitem", { name: "Duplicate request" }).click();
  await expect(developer.getByText(`Duplicate of ${name}`)).toBeVisible();
  await expect(developer.getByLabel("Name", { exact: true })).toHaveValue(`${name}-copy`);
  await expect(developer.getByLabel("Project")).toHaveValue("storefront");
  await expect(developer.getByLabel("Title", { exact: true })).toHaveValue(title);
  expect((await new RequestForm(developer).quote()).monthly).toBeGreaterThan(0);
});

test("an auditor sees what could be done to a component, and why not by them", async ({ browser }) => {
  const auditor = await signIn(browser, "Auditor");
  await visit(auditor, `/environments/${id}?component=web`);
  const web = drawer(auditor, "Web application");
  const restart = web.getByRole("button", { name: "Restart component" });
  const reason = "You need the developer or owner role in Storefront.";
  await expect(restart).toBeDisabled();
  await expect(restart).toHaveAccessibleDescription(reason);
  await restart.focus();
  await expect(restart, "it stays in the order of the keyboard").toBeFocused();
  await expect(auditor.getByRole("tooltip", { name: reason })).toBeVisible();
  await auditor.keyboard.press("Enter");
  await expect(auditor.getByRole("alertdialog")).toHaveCount(0);
  await expectAccessible(auditor, "the details of a component, to an auditor");
  await auditor.context().close();
});

test("on a phone the details of a component fill the screen, and close with Escape and back", async ({
  browser,
}) => {
  const phone = await signIn(browser, "Developer");
  await phone.setViewportSize({ width: 390, height: 844 });
  await visit(phone, `/environments/${id}`);
  const component = node(phone, "web");
  await component.click();
  const web = drawer(phone, "Web application");
  await expect(web.getByRole("button", { name: "Restart component" })).toBeVisible();
  await expect
    .poll(async () => await web.boundingBox(), { message: "it covers the page" })
    .toMatchObject({ x: 0, y: 0, width: 390, height: 844 });
  await expectNoOverflow(phone, "the details of a component");
  await expectAccessible(phone, "the details of a component, on a phone");
  await phone.keyboard.press("Escape");
  await expect(phone.getByRole("dialog")).toHaveCount(0);
  await expect(component).toBeFocused();

  await phone.keyboard.press("Enter");
  await expect(web).toBeVisible();
  await phone.goBack();
  await expect(phone.getByRole("dialog")).toHaveCount(0);
  await expect(phone).toHaveURL(new RegExp(`/environments/${id}$`));
  await expect(component).toBeFocused();
  await phone.context().close();
});
