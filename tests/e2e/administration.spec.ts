import type { Page } from "@playwright/test";
import { cardOf } from "./support/environments";
import { api, type Person, signIn, signInWith } from "./support/people";
import { expect, test } from "./support/test";
import { watch } from "./support/watch";

/** The administrator's main tasks, with real clicks. Names carry the time, so that a running product can be reused. */
const stamp = Date.now().toString(36);

async function newAdministrator(page: Page): Promise<Person> {
  const email = `second-${stamp}@example.com`;
  const password = `a password for ${stamp}`;
  await page.goto("/admin/users");
  await page.getByRole("button", { name: "New user" }).click();
  const dialog = page.getByRole("dialog", { name: "New user" });
  await dialog.getByLabel("Name").fill(`Second ${stamp}`);
  await dialog.getByLabel("Email address").fill(email);
  await dialog.getByLabel("Organization role").selectOption("Administrator");
  await dialog.getByLabel("Initial password").fill("short");
  await dialog.getByRole("button", { name: "Create user" }).click();
  await expect(dialog.getByText("At least 10 characters", { exact: true })).toBeVisible();
  await dialog.getByLabel("Initial password").fill(password);
  await dialog.getByRole("button", { name: "Create user" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(email)).toBeVisible();
  return { email, password };
}

test("a template version is written, corrected, reviewed and published by a second person", async ({
  browser,
}) => {
  const author = await signIn(browser, "Administrator");
  const problems = watch(author);
  const version = `1.${Math.floor(Date.now() / 1000) % 1_000_000}.0`;

  await author.goto("/admin/templates/new?from=static-site@1.0.2");
  const editor = author.getByLabel("Manifest (YAML)");
  const published = await editor.inputValue();
  const wrong = published
    .replace("kind: Template", "kind: Tempalte")
    .replace("  components:", "  componentz:");
  await editor.fill(wrong);
  await author.getByRole("button", { name: "Validate and save draft" }).click();
  await expect(author.getByText(/The manifest has \d+ problems/)).toBeVisible();
  await expect(author.getByText('did you mean "components"')).toBeVisible();
  // A complaint leads to its line.
  await author.getByRole("button", { name: "Line 2", exact: true }).click();
  await expect(editor).toBeFocused();
  expect(await editor.evaluate((area: HTMLTextAreaElement) => area.selectionStart)).toBe(
    wrong.indexOf("kind:"),
  );

  await editor.fill(
    published
      .replace(/^ {2}version: .*$/m, `  version: ${version}`)
      .replace(/^ {2}owner: .*$/m, "  owner: platform\n  contact: mailto:platform@example.com"),
  );
  await author.getByRole("button", { name: "Validate and save draft" }).click();
  await expect(author).toHaveURL(new RegExp(`/static-site/${version}$`));
  await expect(author.getByRole("heading", { level: 1 })).toContainText(version);
  // The scripts beside the manifest came along, else the version could never be submitted.
  await expect(author.getByText("site/serve.mjs")).toBeVisible();
  await expect(author.getByRole("region", { name: "Changes" })).toContainText(`version: ${version}`);

  await author.getByRole("button", { name: "Submit for review" }).click();
  await author.getByRole("alertdialog").getByRole("button", { name: "Submit for review" }).click();
  await expect(author.getByText("Pending review").first()).toBeVisible();
  await expect(author.getByRole("button", { name: "Publish" })).toHaveCount(0);
  const path = `/templates/static-site/versions/${version}`;
  const { digest } = await api<{ digest: string }>(author, "GET", path);
  await expect(api(author, "POST", `${path}/publish`, { digest })).rejects.toThrow(/403/);

  const second = await signInWith(browser, await newAdministrator(author));
  await expect(second.getByRole("complementary", { name: "Demo notice" })).toBeVisible();
  await second
    .getByRole("link", { name: /^Static site ?pending review/ })
    .first()
    .click();
  await expect(second).toHaveURL(new RegExp(`/static-site/${version}$`));
  await expect(second.getByText("Referenced files exist")).toBeVisible();
  // The author takes it back, replaces it and submits again while the reviewer's dialog is open.
  await second.getByRole("button", { name: "Publish" }).click();
  await api(author, "POST", `${path}/reject`, { digest, note: "One more change" });
  await author.goto(`/admin/templates/new?from=static-site@${version}`);
  const draft = await editor.inputValue();
  await editor.fill(draft.replace("title: ", "title: Exchanged "));
  await author.getByRole("button", { name: "Validate and save draft" }).click();
  await expect(author).toHaveURL(new RegExp(`/static-site/${version}$`));
  const replaced = await api<{ digest: string }>(author, "GET", path);
  await api(author, "POST", `${path}/submit`, { digest: replaced.digest });
  const dialog = second.getByRole("alertdialog");
  await dialog.getByRole("button", { name: "Publish" }).click();
  await expect(dialog.getByText("Version changed", { exact: true })).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Publish" })).toBeDisabled();
  await dialog.getByRole("button", { name: "Reload" }).click();
  await expect(second.getByRole("heading", { level: 1 })).toContainText("Exchanged");
  await second.getByRole("button", { name: "Publish" }).click();
  await dialog.getByRole("button", { name: "Publish" }).click();
  await expect(second.getByRole("button", { name: "Deprecate" })).toBeVisible();
  await second.goto("/catalog/static-site");
  await expect(second.getByText(version).first()).toBeVisible();
  const contact = second.getByRole("link", { name: "Email platform" });
  await expect(contact).toHaveAttribute("href", "mailto:platform@example.com");
  // The component is a Node.js program: its node in the graph has that mark, which the page draws once.
  const mark = second.getByRole("region", { name: "Components of Exchanged Static site" }).locator("use");
  await expect(mark).toHaveAttribute("href", "#icon-product-nodejs");
  await expect(second.locator("#icon-product-nodejs path")).toHaveCount(1);
  await second.getByRole("link", { name: "README" }).click();
  await expect(second.getByText("Maintained by: Email platform")).toBeVisible();
  await expect(contact).toHaveAttribute("href", "mailto:platform@example.com");
  // The catalog is everybody's: what this test offered is taken back.
  await api(second, "POST", `${path}/deprecate`, { digest: replaced.digest });
  expect(problems()).toEqual([]);
});

test("a project gets members and limits, and a limit that is no number is not taken for none", async ({
  browser,
}) => {
  const page = await signIn(browser, "Administrator");
  const problems = watch(page);
  await page.goto("/admin/projects");
  await page.getByRole("button", { name: "New cost center" }).click();
  const center = page.getByRole("dialog", { name: "New cost center" });
  await center.getByLabel("Code").fill(`E2E-${stamp}`);
  await center.getByLabel("Name").fill("Quality");
  await center.getByRole("button", { name: "Create cost center" }).click();
  await expect(page.getByRole("cell", { name: `E2E-${stamp}`, exact: true })).toBeVisible();

  await page.getByRole("button", { name: "New project" }).click();
  const dialog = page.getByRole("dialog", { name: "New project" });
  await dialog.getByLabel("Name", { exact: true }).fill(`Quality ${stamp}`);
  await expect(dialog.getByLabel("Slug")).toHaveValue(`quality-${stamp}`);
  await dialog.getByLabel("Cost center").selectOption({ label: `E2E-${stamp} · Quality` });
  await dialog.getByRole("button", { name: "Create project" }).click();
  await expect(page).toHaveURL(new RegExp(`/admin/projects/quality-${stamp}$`));

  await page.getByLabel("Email address of the new member").fill("demo-developer@rostrum.example");
  await page.getByRole("button", { name: "Add member" }).click();
  await expect(page.getByLabel("Role of Dana Okafor")).toHaveValue("developer");

  const environments = page.getByLabel("Environments", { exact: true });
  await environments.fill("many");
  await expect(page.getByText("Enter a number, or leave blank for no limit.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save" })).toBeDisabled();
  await environments.fill("3");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("of 3")).toBeVisible();
  const project = await api<{ quotaEnvironments: number }>(page, "GET", `/projects/quality-${stamp}`);
  expect(project.quotaEnvironments).toBe(3);

  await page.getByRole("button", { name: "Archive" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Archive" }).click();
  await expect(page.getByRole("button", { name: "Restore project" })).toBeVisible();
  expect(problems()).toEqual([]);
});

test("a cloud is added through its form, changed, disabled and removed by name", async ({ browser }) => {
  const page = await signIn(browser, "Administrator");
  const problems = watch(page);
  await page.goto("/admin/clouds");
  await page.getByRole("link", { name: "Add cloud" }).click();
  await page.getByLabel("Driver").selectOption("simulated");
  await page.getByLabel("Title").fill(`Lab ${stamp}`);
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue(`lab-${stamp}`);
  await page.getByLabel("Labels").fill("location=lab");
  await page.getByLabel("Labels").press("Enter");
  await page.getByText("Advanced", { exact: true }).click();
  const capacity = page.getByRole("group", { name: "Capacity" });
  await capacity.getByLabel("CPU").fill("8");
  await capacity.getByLabel("Memory").fill("16");
  await capacity.getByLabel("Storage").fill("100");
  await page.getByRole("button", { name: "Add cloud" }).click();
  await expect(page).toHaveURL(/\/admin\/clouds\/cld?_?/);
  await expect(page.getByRole("heading", { level: 1, name: `Lab ${stamp}` })).toBeVisible();
  await expect(page.getByText("of 16 GiB memory")).toBeVisible();
  await cardOf(page, "Orphaned resources").getByRole("button", { name: "Search" }).click();
  await expect(page.getByText("Everything on this cloud belongs to an environment.")).toBeVisible();

  await page.getByLabel("Title").fill(`Laboratory ${stamp}`);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Laboratory ${stamp}` })).toBeVisible();

  await page.getByRole("button", { name: "Disable" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Disable" }).click();
  await page.getByRole("main").getByRole("button", { name: "Delete", exact: true }).click();
  const removal = page.getByRole("alertdialog", { name: `Delete Laboratory ${stamp}?` });
  await expect(removal.getByRole("button", { name: "Delete" })).toBeDisabled();
  await removal.getByRole("textbox").fill(`lab-${stamp}`);
  await removal.getByRole("button", { name: "Delete" }).click();
  await expect(removal).toBeHidden();
  await page.goto("/admin/clouds");
  await expect(page.getByRole("heading", { level: 1, name: "Clouds" })).toBeVisible();
  await expect(page.getByRole("link", { name: `Laboratory ${stamp}` })).toHaveCount(0);
  expect(problems()).toEqual([]);
});

test("a price is followed by another, never changed", async ({ browser }) => {
  const page = await signIn(browser, "Administrator");
  await page.goto("/costs/prices");
  await page.getByRole("button", { name: "Add price" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Add price" });
  await dialog.getByLabel("Price", { exact: true }).fill("0,0215");
  await expect(dialog.getByText("Enter a number, for example 0.021.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Add price" })).toBeDisabled();
  await dialog.getByLabel("Price", { exact: true }).fill("0.0215");
  // Far away, so that nothing else is charged with it; of this minute, because a moment has one price.
  const sixtyYears = 60 * 365.25 * 86_400_000;
  const from = new Date(Date.now() + sixtyYears).toISOString().slice(0, 16);
  await dialog.getByLabel("Effective from").fill(from);
  await dialog.getByRole("button", { name: "Add price" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("row", { name: /CPU.*0\.0215.*Scheduled/ }).first()).toBeVisible();
  await expect(page.getByRole("row", { name: /CPU.*Active/ }).first()).toBeVisible();
});

test("the audit trail is searched, opened and verified, and its numbers have no gaps", async ({
  browser,
}) => {
  const page = await signIn(browser, "Administrator");
  const problems = watch(page);
  await page.goto("/admin/audit?action=session.");
  await expect(page.getByText("Signed in").first()).toBeVisible();
  await page
    .getByRole("button", { name: /audit event \d+/ })
    .first()
    .click();
  await expect(page.getByRole("dialog").getByText("session.sign-in")).toBeVisible();
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Verify integrity" }).click();
  await expect(page.getByRole("dialog", { name: "Integrity verified" })).toBeVisible();
  const { items } = await api<{ items: { seq: number }[] }>(page, "GET", "/audit?limit=10");
  for (const [index, event] of items.entries()) expect(event.seq).toBe((items[0]?.seq ?? 0) - index);
  expect(problems()).toEqual([]);
});

test("a personal token is shown once, works, and is revoked", async ({ browser }) => {
  const page = await signIn(browser, "Administrator");
  await page.goto("/account");
  await page.getByLabel("Name", { exact: true }).fill(`script ${stamp}`);
  await page.getByRole("button", { name: "Create token" }).click();
  const token = await page.getByText(/^rst_[\w-]{20,}$/).textContent();
  const headers = { authorization: `Bearer ${token}` };
  const context = await browser.newContext({ baseURL: process.env.ROSTRUM_URL ?? "" });
  expect((await context.request.get("/api/v1/me", { headers })).status()).toBe(200);
  await page.reload();
  await expect(page.getByText(token ?? "")).toHaveCount(0);
  const row = page.getByRole("listitem").filter({ hasText: `script ${stamp}` });
  await row.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
  // Behind an open dialog nothing counts as visible: the row is looked for when it has closed.
  await expect(page.getByRole("alertdialog")).toBeHidden();
  await expect(row).toHaveCount(0);
  expect((await context.request.get("/api/v1/me", { headers })).status()).toBe(401);
});

test("queues and workers tell who works, in words", async ({ browser }) => {
  const page = await signIn(browser, "Administrator");
  await page.goto("/admin/system");
  await expect(page.getByRole("cell", { name: "Active" }).first()).toBeVisible();
  await expect(page.getByText("Provisioning runs")).toBeVisible();
  await api(page, "POST", "/queues/runs.wake/retry");
});
