import { findEnvironment, freshName } from "./support/environments";
import { api, signIn } from "./support/people";
import { RequestForm } from "./support/request-form";
import { expect, test } from "./support/test";

/** A field that only one choice needs is asked for with that choice alone, in the form and by the API. */

const url = "https://git.example.com/team/service.git";

test("a field shows with the choice that needs it, is sent with it, and not without", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  const name = freshName("from-git");
  await page.goto("/catalog/node-service/request");
  const form = new RequestForm(page);
  const source = page.getByRole("radiogroup", { name: "Source" });
  const [repository, ref, archive] = ["Repository URL", "Branch, tag or commit", "Archive"].map((label) =>
    page.getByLabel(label, { exact: true }),
  );
  if (!repository || !ref || !archive) throw new Error("three fields");
  await form.fillName(name);
  await form.chooseCloud("demo-cloud");
  await expect(page.getByLabel("Health check path", { exact: true })).toBeVisible();
  for (const field of [repository, ref, archive]) await expect(field).toHaveCount(0);

  await source.getByRole("radio", { name: "Archive upload" }).click();
  await expect(archive).toBeAttached();
  await expect(repository).toHaveCount(0);

  await source.getByRole("radio", { name: "Git repository" }).click();
  await expect(archive).toHaveCount(0);
  await expect(ref).toHaveValue("main");
  await repository.fill("not a URL");
  await repository.blur();
  await expect(repository).toHaveAttribute("aria-invalid", "true");
  await repository.fill(url);
  await form.quote();
  const sent = page.waitForRequest(
    (request) => request.method() === "POST" && request.url().endsWith("/api/v1/requests"),
  );
  await form.submit.click();
  const { parameters } = (await sent).postDataJSON() as { parameters: Record<string, unknown> };
  expect(parameters).toMatchObject({ source: "git", git_url: url, git_ref: "main" });
  expect(parameters).not.toHaveProperty("archive");
  await expect(page).toHaveURL(/\/(runs|requests|environments)\//);
  const id = await findEnvironment(page, name);
  const kept = await api<{ parameters: object }>(page, "GET", `/environments/${id}`);
  expect(kept.parameters).toMatchObject({ source: "git", git_url: url, git_ref: "main", archive: null });
});

test("the API takes and refuses what the form does", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  const name = freshName("by-api");
  const bodyWith = (parameters: Record<string, unknown>) => ({
    kind: "create",
    project: "storefront",
    template: "node-service",
    name,
    cloud: "demo-cloud",
    parameters,
  });
  const plan = (parameters: Record<string, unknown>) => api(page, "POST", "/plans", bodyWith(parameters));
  await expect(plan({ source: "git" })).rejects.toThrow(/parameters\.git_url.*is required/);
  await expect(plan({ source: "upload" })).rejects.toThrow(/parameters\.archive.*is required/);
  await expect(plan({ source: "git", git_url: "nonsense" })).rejects.toThrow(/parameters\.git_url/);
  await api(page, "POST", "/requests", bodyWith({ source: "sample", git_url: url, git_ref: "other" }));
  const id = await findEnvironment(page, name);
  const { parameters } = await api<{ parameters: object }>(page, "GET", `/environments/${id}`);
  expect(parameters).toMatchObject({ source: "sample", git_url: null, git_ref: "main", archive: null });
});
