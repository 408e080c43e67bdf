import { embeddedLocation } from "@/lib/platform/db/embedded-location";
import { holdDatabase } from "../support/hold-database";
import { expectAccessible, expectNoOverflow, visit } from "./support/accessibility";
import { signIn } from "./support/people";
import { testedRostrum } from "./support/rostrum";
import { expect, test } from "./support/test";

test("while the database is away pages are unavailable, and come back by themselves", async ({ browser }) => {
  const rostrum = testedRostrum();
  test.skip(!rostrum, "Needs the database of a Rostrum of its own.");
  if (!rostrum) return;
  const page = await signIn(browser, "Developer");
  const open = await page.context().newPage();
  await visit(open, "/environments");
  await page.reload();
  const letGo = holdDatabase(embeddedLocation(rostrum.dataDir));
  try {
    // Links that its pages fetched ahead have taken the browser's connections to the portal: they are ended.
    const answer = await page.goto("/catalog");
    expect(answer?.status()).toBe(503);
    expect(answer?.headers()["retry-after"]).toBe("5");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Rostrum is temporarily unavailable");
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoOverflow(page, `unavailable at ${width}`);
    }
    await expectAccessible(page, "unavailable");
    // What was open already stays.
    await expect(open.getByRole("heading", { level: 1 })).toHaveText("Environments");
    // A link in it leads on, to the same answer.
    await open.getByRole("navigation").getByRole("link", { name: "Catalog" }).first().click();
    await expect(open.getByRole("heading", { level: 1 })).toHaveText("Rostrum is temporarily unavailable", {
      timeout: 15_000,
    });
    expect(new URL(open.url()).pathname).toBe("/catalog");
  } finally {
    letGo();
  }
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Catalog");
  expect(new URL(page.url()).pathname).toBe("/catalog");
});
