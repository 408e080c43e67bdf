import { expect, type Page } from "@playwright/test";
import { RequestForm } from "./request-form";

export interface Wish {
  template: string;
  name: string;
  /** Name of the cloud, as the form's list has it. */
  cloud: string;
  preset: string;
  reason?: string;
  /** Name of the project; the form's first one if absent. */
  project?: string;
}

/** Fills the form of a template and sends it. Answers the id of the request or the run that the page then shows. */
export async function ask(page: Page, wish: Wish): Promise<string> {
  await page.goto(`/catalog/${wish.template}/request`);
  const form = new RequestForm(page);
  await form.choosePreset(wish.preset);
  if (wish.project) await page.getByLabel("Project").selectOption({ label: wish.project });
  await form.chooseCloud(wish.cloud);
  await form.fillName(wish.name);
  if (wish.reason) await form.giveReason(wish.reason);
  await form.quote();
  await form.submit.click();
  await expect(page).toHaveURL(/\/(requests\/req|runs\/run)_/);
  return new URL(page.url()).pathname.split("/")[2] ?? "";
}
