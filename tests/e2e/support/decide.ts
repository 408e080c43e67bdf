import { expect, type Page } from "@playwright/test";

/** The approver finds a request in the list, looks at its card and approves it with a reason. */
export async function approve(
  approver: Page,
  title: string,
  reason: string,
  look: () => Promise<void>,
): Promise<void> {
  await approver.goto("/requests/approvals");
  await approver.getByRole("link", { name: title }).click();
  await expect(approver.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await look();
  const note = approver.getByRole("button", { name: "Add note" });
  if (await note.isVisible()) await note.click();
  await approver.getByLabel(/^(Note|Reason)/).fill(reason);
  await approver.getByRole("button", { name: /^Approve €/ }).click();
  await expect(approver.getByTestId("decision-result")).toContainText("Approved");
}

/** Goes through a dialog whose button stays shut until the environment's name is typed. */
export async function confirmByName(page: Page, label: string, name: string): Promise<void> {
  const dialog = page.getByRole("alertdialog");
  const button = dialog.getByRole("button", { name: label });
  await expect(button).toBeDisabled();
  await dialog.getByLabel(/^Type .* to confirm$/).fill(name);
  await button.click();
}
