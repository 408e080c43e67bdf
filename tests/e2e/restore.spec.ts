import type { Page } from "@playwright/test";
import { expectNoOverflow } from "./support/accessibility";
import { ask } from "./support/ask";
import { confirmByName } from "./support/decide";
import { cardOf, findEnvironment, freshName, getEnvironment, openTab, stateOf } from "./support/environments";
import { Noticeboard } from "./support/noticeboard";
import { api, eventually, signIn } from "./support/people";
import { RunPage } from "./support/run-page";
import { expect, test } from "./support/test";

/** What was deleted after a backup is back after its restore, and what is replaced by that is kept as well. */
test.describe.configure({ mode: "serial" });

const widths = [1440, 1024, 390];
const name = freshName("restored");
let page: Page;
let board: Noticeboard;
let environment: string;

test.beforeAll(async ({ browser }) => {
  page = await signIn(browser, "Developer");
  await ask(page, { template: "web-with-postgres", preset: "Trial", cloud: "this-machine", name });
  await new RunPage(page).untilDone();
  environment = await findEnvironment(page, name);
  await page.goto(`/environments/${environment}`);
  board = await Noticeboard.follow(page.context(), page.getByRole("link", { name: "Open", exact: true }));
});
test.afterAll(async () => {
  await api(page, "POST", "/requests", { kind: "destroy", environment });
  await eventually(
    () => getEnvironment(page, environment),
    ({ status }) => status === "destroyed",
  );
  await page.context().close();
});

for (const width of widths) {
  test(`a deleted entry is back after the restore, at ${width} px`, async () => {
    await page.setViewportSize({ width, height: 844 });
    const entry = `Kept at ${width}`;
    await board.reload();
    await board.write(entry, "Dana");
    await page.goto(`/environments/${environment}`);
    await openTab(page, environment, "Backups");
    await cardOf(page, "Backups").getByRole("button", { name: "Back up now" }).click();
    await page.getByRole("dialog").getByLabel("Note").fill(entry);
    await page.getByRole("dialog").getByRole("button", { name: "Back up" }).click();
    const point = page.getByRole("row").filter({ hasText: entry });
    await expect(point.getByText("Completed", { exact: true })).toBeVisible({ timeout: 60_000 });
    await expectNoOverflow(page, `backups at ${width} px`);

    await board.reload();
    await board.remove(entry);
    await board.reload();
    await expect(board.entry(entry)).toHaveCount(0);

    await point.getByRole("button", { name: "Backup actions" }).click();
    await page.getByRole("menuitem", { name: "Restore…" }).click();
    const dialog = page.getByRole("alertdialog");
    await expect(dialog).toContainText("Current data (backed up first where possible)");
    await expectNoOverflow(page, `the question before a restore at ${width} px`);
    await confirmByName(page, "Restore", name);
    await new RunPage(page).untilDone();
    expect((await board.reload())?.status, "it answers as soon as it is done").toBe(200);
    await expect(board.entry(entry)).toBeVisible();

    await page.goto(`/environments/${environment}`);
    await expect(stateOf(page)).toHaveText("Running");
    await openTab(page, environment, "Backups");
    await expect(point.getByText("Completed", { exact: true }), "what was restored stays").toBeVisible();
    await expect(page.getByRole("row").filter({ hasText: "Pre-restore" }).first()).toBeVisible();
  });
}
