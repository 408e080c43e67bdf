import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "@playwright/test";
import { api, type Role, signIn } from "./support/people";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

declare const axe: {
  run(
    context: Document,
    options: unknown,
  ): Promise<{ violations: { id: string; nodes: { target: unknown }[] }[] }>;
};

/** Every screen, by whoever it is for. */
const screens: [Role, string[]][] = [
  [
    "Developer",
    [
      "/",
      "/catalog",
      "/catalog/web-with-postgres",
      "/catalog/web-with-postgres/request",
      "/environments",
      "/requests",
      "/runs",
      "/costs",
      "/reports",
    ],
  ],
  ["Approver", ["/", "/approvals", "/account", "/notifications"]],
  ["Finance", ["/", "/costs"]],
  [
    "Administrator",
    [
      "/admin/templates",
      "/admin/clouds",
      "/admin/policies",
      "/admin/prices",
      "/admin/projects",
      "/admin/people",
      "/admin/queues",
      "/admin/audit",
    ],
  ],
];

for (const [role, paths] of screens) {
  test(`${role}: every screen answers and has no accessibility violation`, async ({ browser }) => {
    const page = await signIn(browser, role);
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    for (const path of paths) {
      await test.step(path, async () => {
        const response = await page.goto(path);
        expect(response?.status(), path).toBe(200);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await page.waitForTimeout(400);
        // Evaluated by the debugger, because the page's own policy rightly refuses foreign scripts.
        await page.evaluate(axeSource);
        const violations = await page.evaluate(async () => {
          const result = await axe.run(document, {
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
          });
          return result.violations.map(
            (one) =>
              `${one.id}: ${one.nodes
                .map((node) => String(node.target))
                .slice(0, 3)
                .join(" | ")}`,
          );
        });
        expect(violations, path).toEqual([]);
      });
    }
    expect(problems).toEqual([]);
  });
}

test("an environment's tabs answer", async ({ browser }) => {
  const page = await signIn(browser, "Developer");
  const list = await api<{ items: { id: string }[] }>(page, "GET", "/environments?status=running&limit=1");
  const id = list.items[0]?.id;
  for (const tab of ["", "/monitoring", "/logs", "/backups", "/costs", "/activity", "/settings"]) {
    const response = await page.goto(`/environments/${id}${tab}`);
    expect(response?.status(), tab).toBe(200);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
});

test("a stranger sees nothing and is asked to sign in", async ({ page }) => {
  await page.goto("/environments");
  await expect(page).toHaveURL(/sign-in/);
  const answer = await page.request.get("/api/v1/environments");
  expect(answer.status()).toBe(401);
  expect(answer.headers()["content-type"]).toContain("application/problem+json");
});
