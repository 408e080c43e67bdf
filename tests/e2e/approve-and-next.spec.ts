import type { Locator, Page } from "@playwright/test";
import { expectNoOverflow } from "./support/accessibility";
import { ask } from "./support/ask";
import { findEnvironment, freshName, getEnvironment } from "./support/environments";
import { api, eventually, signIn } from "./support/people";
import { expect, test } from "./support/test";

/** Several decisions one after another: each shows its result, and no second tap ever decides the next one. */

const widths = [
  { width: 390, height: 844 },
  { width: 1024, height: 768 },
  { width: 1440, height: 900 },
];

for (const viewport of widths) {
  test(`the result stays where the decision was made, and the next request comes when it is wanted, at ${viewport.width} px`, async ({
    browser,
  }) => {
    const developer = await signIn(browser, "Developer");
    const approver = await signIn(browser, "Approver");
    await approver.setViewportSize(viewport);
    const names = [freshName("first"), freshName("second")];
    const requests: string[] = [];
    for (const name of names) requests.push(await askForShop(developer, name));

    await approver.goto(`/approvals/${requests[0]}`);
    const approve = approver.getByRole("button", { name: /^Approve €/ });
    await approve.scrollIntoViewIfNeeded();
    const pressed = await boxOf(approve);
    await approve.click();
    const result = approver.getByTestId("decision-result");
    await expect(result).toContainText("Approved");
    // Simulated, it may be there before anyone looks.
    await expect(result).toContainText(new RegExp(`Creating ${names[0]}|${names[0]} is ready`));
    await expect(result.getByRole("link", { name: "View run" })).toBeVisible();
    await expect(approver).toHaveURL(`/approvals/${requests[0]}`);
    const next = result.getByRole("link", { name: /^Next request \(\d+ left\)$/ });
    // At once and when the page was drawn again.
    for (const moment of ["at once", "later"]) {
      if (moment === "later") await approver.waitForTimeout(1_500);
      expect(overlaps(await boxOf(next), pressed), moment).toBe(false);
    }
    // A second tap on the same place decides nothing and leads nowhere else.
    await approver.mouse.click(pressed.x + pressed.width / 2, pressed.y + pressed.height / 2);
    await approver.waitForTimeout(500);
    expect((await statusOf(developer, requests[1] ?? "")).status).toBe("pending_approval");
    await expectFree(approver, next);
    await expectNoOverflow(approver, "the result of a decision");

    await approver.goto(`/approvals/${requests[0]}`);
    await result.getByRole("link", { name: /^Next request/ }).click();
    await expect(approver).not.toHaveURL(`/approvals/${requests[0]}`);
    await expect(approver.getByRole("button", { name: /^Approve/ })).toBeVisible();

    // The project's quota has room for one pair.
    await api(developer, "POST", `/requests/${requests[1]}/cancel`, {});
    const environment = await findEnvironment(developer, names[0] ?? "");
    const left = () => getEnvironment(developer, environment);
    await eventually(left, ({ status }) => status === "running");
    await api(developer, "POST", "/requests", { kind: "destroy", environment });
    await eventually(left, ({ status }) => status === "destroyed");
    await developer.context().close();
    await approver.context().close();
  });
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

async function boxOf(locator: Locator): Promise<Box> {
  const box = await locator.boundingBox();
  if (!box) throw new Error("it is not on the screen");
  return box;
}

function overlaps(one: Box, other: Box): boolean {
  const apart =
    one.x + one.width <= other.x ||
    other.x + other.width <= one.x ||
    one.y + one.height <= other.y ||
    other.y + other.height <= one.y;
  return !apart;
}

/** No toast or bar lies on it. */
async function expectFree(page: Page, locator: Locator): Promise<void> {
  await locator.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await boxOf(locator);
  const covered = await locator.evaluate(
    (element, at) => !element.contains(document.elementFromPoint(at.x, at.y)),
    { x: x + width / 2, y: y + height / 2 },
  );
  expect(covered, `covered on ${page.url()}`).toBe(false);
}

async function statusOf(page: Page, id: string) {
  return await api<{ status: string }>(page, "GET", `/requests/${id}`);
}

async function askForShop(developer: Page, name: string): Promise<string> {
  return await ask(developer, {
    template: "three-tier-shop",
    preset: "Load test",
    project: "Storefront",
    cloud: "demo-cloud",
    name,
    reason: "Rehearse the sale",
  });
}
