import type { Page } from "@playwright/test";
import { expectNoOverflow } from "./support/accessibility";
import { findEnvironment, freshName, getEnvironment } from "./support/environments";
import { api, eventually, signIn } from "./support/people";
import { RequestForm } from "./support/request-form";
import { RunPage } from "./support/run-page";
import { expect, test } from "./support/test";

/** A field that a person empties is sent empty: it gets no default back, at creation or in a change. */

const widths = [390, 1024, 1440];
const ofTheTemplate = "Write to us";

for (const width of widths) {
  test(`a cleared field stays cleared, at creation and in a change, at ${width} px`, async ({ browser }) => {
    const page = await signIn(browser, "Developer");
    await page.setViewportSize({ width, height: 900 });
    const name = freshName("cleared");
    await page.goto("/catalog/static-site/request");
    const form = new RequestForm(page);
    const field = page.getByLabel("Button", { exact: true });
    const headline = page.getByLabel("Headline", { exact: true });
    await form.chooseCloud("this-machine");
    await form.fillName(name);
    await expect(field).toHaveValue(ofTheTemplate);
    await field.fill("");
    await headline.fill("");
    await headline.blur();
    await expect(page.getByText("Headline is required.")).toBeVisible();
    await headline.fill("A page without a button");
    await expect(field).toHaveValue("");
    await form.quote();
    await expectNoOverflow(page, `the form at ${width} px`);
    await form.submit.click();
    await new RunPage(page).untilDone();
    const environment = await findEnvironment(page, name);
    expect(await served(page, environment)).not.toContain(ofTheTemplate);

    await fillButton(page, environment, "Come along");
    await expect.poll(() => served(page, environment)).toContain("Come along");
    await fillButton(page, environment, "");
    await expect.poll(() => served(page, environment)).not.toContain("Come along");
    expect(await served(page, environment)).not.toContain(ofTheTemplate);

    await api(page, "POST", "/requests", { kind: "destroy", environment });
    await eventually(
      () => getEnvironment(page, environment),
      ({ status }) => status === "destroyed",
    );
  });
}

async function fillButton(page: Page, environment: string, text: string): Promise<void> {
  await page.goto(`/environments/${environment}/change`);
  const form = new RequestForm(page);
  await expect(form.submit).toHaveText("No changes to apply");
  await page.getByLabel("Button", { exact: true }).fill(text);
  await expect(form.submit).toHaveText("Apply changes");
  await form.submit.click();
  await new RunPage(page).untilDone();
}

async function served(page: Page, environment: string): Promise<string> {
  const [endpoint] = (await getEnvironment(page, environment)).endpoints;
  return await (await fetch(endpoint?.url ?? "")).text();
}
