import type { Page } from "@playwright/test";
import { expectNoOverflow } from "./support/accessibility";
import { ask } from "./support/ask";
import { cardOf, freshName, stateOf } from "./support/environments";
import { api, signIn } from "./support/people";
import { RunPage } from "./support/run-page";
import { expect, test } from "./support/test";

/** What an approver does between two meetings, on a phone: open the link, look, decide. */

let developer: Page;
let approver: Page;

test.beforeEach(async ({ browser }) => {
  developer = await signIn(browser, "Developer");
  approver = await signIn(browser, "Approver", { phone: true });
});
test.afterEach(async () => {
  await developer.context().close();
  await approver.context().close();
});

test("a costly request is approved on a phone, and the requester sees it continue by itself", async () => {
  const name = freshName("rehearsal");
  const request = await askForShop(name, "Rehearse the sale");
  await approver.goto("/requests/approvals");
  await approver.getByRole("link", { name: new RegExp(`“${name}”`) }).click();
  await expect(approver).toHaveURL(`/approvals/${request}`);
  await expect(approver.getByText("“Rehearse the sale”")).toBeVisible();
  await expect(approver.getByText("Cost until lease ends", { exact: true })).toBeVisible();
  await expectNoOverflow(approver, "the decision card");
  // The decision is in reach without scrolling, whatever the card says.
  const approve = approver.getByRole("button", { name: /^Approve €/ });
  await expect(approve).toBeInViewport();
  await approver.getByRole("button", { name: "Add note" }).click();
  await approver.getByLabel(/^Note/).fill("Only for the sale");
  await expect(approve).toBeInViewport();
  await approve.click();
  await expect(approver.getByTestId("decision-result")).toContainText(`Approved`);
  await expect(approver.getByTestId("decision-result")).toContainText(name);
  await expect(approver).toHaveURL(`/approvals/${request}`);

  await expect(developer.getByText("Approved", { exact: true }).first()).toBeVisible();
  await expect(developer.getByText("“Only for the sale”")).toBeVisible();
  await developer.getByRole("link", { name: "View run" }).click();
  await new RunPage(developer).untilDone();
  await developer.getByRole("link", { name: "View environment" }).click();
  await expect(stateOf(developer)).toHaveText(/^Running/);
  await tidyUp(name);
});

test("a rejection needs a reason, frees what was held and tells the requester why", async () => {
  const name = freshName("too-much");
  const before = await environmentsHeld();
  const request = await askForShop(name, "Just to see");
  expect(await environmentsHeld()).toBe(before + 1);
  await approver.goto(`/approvals/${request}`);
  await approver.getByRole("button", { name: "Reject…" }).click();
  const dialog = approver.getByRole("alertdialog");
  await expect(dialog.getByRole("button", { name: "Reject" })).toBeDisabled();
  await dialog.getByLabel("Reason").fill("Ask again after the sale");
  await dialog.getByRole("button", { name: "Reject" }).click();
  await expect(approver.getByTestId("decision-result")).toContainText("Rejected");

  await expect(developer.getByText(/^Rejected by /)).toBeVisible();
  await expect(developer.getByText("Ask again after the sale").first()).toBeVisible();
  expect(await environmentsHeld()).toBe(before);
  await approver.goto(`/approvals/${request}`);
  await expect(approver.getByTestId("decision-result")).toContainText("Rejected");
  await expect(approver.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
});

test("a cheaper alternative is suggested in place of an approval", async () => {
  const request = await askForShop(freshName("cheaper"), "Perhaps less would do");
  await approver.goto(`/approvals/${request}`);
  const cheaper = cardOf(approver, "Lower-cost options");
  await cheaper.getByRole("button", { name: "Reject and suggest this" }).first().click();
  const dialog = approver.getByRole("alertdialog");
  await expect(dialog.getByLabel("Reason")).toHaveValue(/^Please request .*€/);
  await dialog.getByRole("button", { name: "Reject" }).click();
  await expect(developer.getByText(/^Rejected by /)).toBeVisible();
  await expect(developer.getByText(/Please request .*€/).first()).toBeVisible();
});

test("no one decides about their own request: the requester sees no way to", async () => {
  const name = freshName("own");
  const request = await askForShop(name, "Mine");
  await developer.goto(`/approvals/${request}`);
  await expect(developer.getByText("You can’t approve this request")).toBeVisible();
  await expect(developer.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
  await developer.goto(`/requests/${request}`);
  await developer.getByRole("button", { name: "Cancel request…" }).click();
  await developer.getByRole("alertdialog").getByRole("button", { name: "Cancel request" }).click();
  await expect(developer.getByText("Canceled").first()).toBeVisible();
});

/** The developer asks for something dear on the demonstration cloud and stays on the request's page. */
async function askForShop(name: string, reason: string): Promise<string> {
  const id = await ask(developer, {
    template: "three-tier-shop",
    preset: "Load test",
    project: "Storefront",
    cloud: "demo-cloud",
    name,
    reason,
  });
  expect(id).toMatch(/^req_/);
  return id;
}

/** How many environments the project holds or has reserved, as its quota counts them. */
async function environmentsHeld(): Promise<number> {
  const plan = await api<{ quota: { name: string; used: number }[] }>(developer, "POST", "/plans", {
    kind: "create",
    project: "storefront",
    template: "static-site",
    name: "count",
    cloud: "demo-cloud",
    parameters: {},
    reason: "",
  });
  return plan.quota.find((one) => one.name === "environments")?.used ?? Number.NaN;
}

/** Gives back what the project's quota counts. */
async function tidyUp(name: string): Promise<void> {
  const { items } = await api<{ items: { id: string }[] }>(developer, "GET", `/environments?q=${name}`);
  await api(developer, "POST", "/requests", { kind: "destroy", environment: items[0]?.id, reason: "" });
}
