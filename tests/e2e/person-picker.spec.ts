import { expectAccessible, visit } from "./support/accessibility";
import { addPerson, signIn, signInWith } from "./support/people";
import { expect, test } from "./support/test";

/** Members are picked by name or address, by those who may look users up. */

test("an administrator finds a user by name, with the keyboard alone", async ({ browser }) => {
  const page = await signIn(browser, "Administrator");
  await visit(page, "/admin/projects/storefront");
  const field = page.getByRole("combobox", { name: "Email address of the new member" });
  await field.fill("okafor");
  const dana = page.getByRole("option", { name: /Dana Okafor/ });
  await expect(dana).toBeVisible();
  await expectAccessible(page, "the list of users");
  await field.press("ArrowDown");
  await expect(dana).toHaveAttribute("aria-selected", "true");
  await field.press("Enter");
  await expect(field).toHaveValue("demo-developer@rostrum.example");
  await expect(page.getByRole("listbox", { name: "Users" })).toHaveCount(0);

  await field.fill("okafor");
  await dana.click();
  await expect(field).toHaveValue("demo-developer@rostrum.example");
});

test("Escape closes the list and leaves the dialog around it open", async ({ browser }) => {
  const page = await signIn(browser, "Administrator");
  await visit(page, "/admin/projects?new=project");
  const dialog = page.getByRole("dialog", { name: "New project" });
  const field = dialog.getByRole("combobox", { name: /^Owner/ });
  await field.fill("okafor");
  await expect(page.getByRole("option", { name: /Dana Okafor/ })).toBeVisible();
  await field.press("Escape");
  await expect(page.getByRole("listbox", { name: "Users" })).toHaveCount(0);
  await expect(dialog).toBeVisible();
  await expect(field).toHaveValue("okafor");
});

test("a project's owner, who may not look users up, types the address and is shown no one", async ({
  browser,
}) => {
  const administrator = await signIn(browser, "Administrator");
  const name = `picker-${Date.now().toString(36)}`;
  const owner = await addPerson(administrator, name, { storefront: "owner" });
  const page = await signInWith(browser, owner);
  await visit(page, "/projects/storefront/members");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.getByLabel("Email address of the new member").pressSequentially("okafor", { delay: 30 });
  await page.waitForTimeout(600);
  expect(asked).not.toContain("/api/v1/users");
  await expect(page.getByRole("listbox", { name: "Users" })).toHaveCount(0);
});
