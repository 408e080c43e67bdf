import { api, signIn } from "./support/people";
import { expect, test } from "./support/test";
import { watch } from "./support/watch";

const stamp = Date.now().toString(36);
/** Runs where a page takes a name for markup: an element, an attribute's end, a script's end. */
const markups = [
  `<img src=x onerror="window.injected=1">${stamp}`,
  `"><svg onload=window.injected=1>${stamp}`,
  `</script><script>window.injected=1</script>${stamp}`,
];

test("names that are markup stand on every page as text", async ({ browser }) => {
  const page = await signIn(browser, "Administrator");
  const problems = watch(page);
  const made: { user: string; project: string }[] = [];
  for (const [index, name] of markups.entries()) {
    const slug = `markup-${index}-${stamp}`;
    const email = `${slug}@example.com`;
    const user = await api<{ id: string }>(page, "POST", "/users", { email, name });
    await api(page, "POST", "/cost-centers", { code: slug, name });
    const project = await api<{ id: string }>(page, "POST", "/projects", {
      ...{ slug, name, costCenter: slug },
      description: name,
    });
    made.push({ user: user.id, project: project.id });
  }

  const pages = [
    "/admin/users",
    "/admin/projects",
    ...made.map(({ project }) => `/admin/projects/${project}`),
    "/admin/audit",
    "/costs",
  ];
  for (const path of pages) {
    await page.goto(path);
    await expect(page.locator("h1").first()).toBeVisible();
    await expect(page.locator("[onerror], [onload], img[src=x]"), path).toHaveCount(0);
    expect(await page.evaluate(() => "injected" in window), path).toBe(false);
  }
  await page.goto("/admin/projects");
  for (const name of markups)
    await expect(page.getByText(name).filter({ visible: true }).first()).toBeVisible();
  expect(problems()).toEqual([]);

  for (const { user, project } of made) {
    await api(page, "PATCH", `/projects/${project}`, { archived: true });
    await api(page, "PATCH", `/users/${user}`, { disabled: true });
  }
  await page.context().close();
});

test("folders of the portal's own files are not listed", async ({ request }) => {
  for (const path of [
    "/_next/",
    "/_next/static/",
    "/_next/static/chunks/",
    "/fonts/",
    "/api/",
    "/api/v1/",
    "/.git/",
    "/.env",
  ]) {
    const answer = await request.get(path, { maxRedirects: 0 });
    expect(answer.status(), path).not.toBe(200);
    expect(await answer.text(), path).not.toMatch(/Index of|<li><a href=/i);
  }
});
