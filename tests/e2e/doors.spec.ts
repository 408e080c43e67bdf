import { expect, test } from "@playwright/test";

test("a stranger sees nothing and is asked to sign in", async ({ page }) => {
  await page.goto("/environments");
  await expect(page).toHaveURL(/sign-in/);
  const answer = await page.request.get("/api/v1/environments");
  expect(answer.status()).toBe(401);
  expect(answer.headers()["content-type"]).toContain("application/problem+json");
});
