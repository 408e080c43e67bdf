import type { Page } from "@playwright/test";
import { api, signIn, stranger } from "./support/people";
import { expect, test } from "./support/test";

/** What a person types and presses before the page's scripts have arrived is neither lost nor sent half. */

/** Holds every script back until the answer is called. */
async function holdScripts(page: Page): Promise<() => void> {
  let letGo = () => {};
  const gone = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route("**/_next/static/**/*.js*", async (route) => {
    await gone;
    await route.continue();
  });
  return letGo;
}

test("a password entered before the scripts are there signs in, and never stands in the address", async ({
  browser,
}) => {
  const administrator = await signIn(browser, "Administrator");
  const name = `early-${Date.now().toString(36)}`;
  const person = { name, email: `${name}@example.com`, password: "typed before anything listens" };
  await api(administrator, "POST", "/users", person);

  const page = await stranger(browser);
  const letGo = await holdScripts(page);
  await page.goto("/sign-in?scripts=held", { waitUntil: "commit" });
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByLabel("Password")).toHaveValue(person.password);
  expect(page.url()).not.toContain("password");
  letGo();
  await expect(page).not.toHaveURL(/sign-in/);
});

test("a manifest edited before the scripts are there is the one that is checked", async ({ browser }) => {
  const page = await signIn(browser, "Administrator");
  const letGo = await holdScripts(page);
  await page.goto("/admin/templates/new?from=static-site@1.0.2", { waitUntil: "commit" });
  const editor = page.getByLabel("Manifest (YAML)");
  const wrong = (await editor.inputValue()).replace("  components:", "  componentz:");
  await editor.fill(wrong);
  await page.getByRole("button", { name: "Validate and save draft" }).click();
  letGo();
  await expect(page.getByText('did you mean "components"')).toBeVisible();
  await expect(editor).toHaveValue(wrong);
});
