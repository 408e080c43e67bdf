import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { tarOf } from "../support/archives";
import { expectNoOverflow } from "./support/accessibility";
import { freshName, getEnvironment, stateOf } from "./support/environments";
import { api, eventually, signIn } from "./support/people";
import { RunPage } from "./support/run-page";
import { expect, test } from "./support/test";

const widths = [1440, 1024, 390];
const project = "data-platform";

/** Uploads bytes as the user of the page. @returns the upload's id */
async function upload(page: Page, bytes: Buffer): Promise<string> {
  return await page.evaluate(
    async ([name, text, where]) => {
      const body = Uint8Array.from(atob(text as string), (one) => one.charCodeAt(0));
      const answer = await fetch(`/api/v1/uploads?name=${name}&project=${where}`, {
        method: "POST",
        headers: { "content-type": "application/gzip" },
        body,
      });
      if (!answer.ok) throw new Error(await answer.text());
      return ((await answer.json()) as { id: string }).id;
    },
    ["code.tgz", bytes.toString("base64"), project],
  );
}

async function endOf(page: Page, runId: string): Promise<string> {
  const run = await eventually(
    () => api<{ status: string }>(page, "GET", `/runs/${runId}`),
    ({ status }) => ["succeeded", "failed", "unknown", "cancelled"].includes(status),
    120_000,
  );
  return run.status;
}

interface Submitted {
  environmentId: string;
  runId: string;
}

test("an environment whose change failed keeps running, and the page says what to do next", async ({
  browser,
}) => {
  test.setTimeout(300_000);
  const page = await signIn(browser, "Developer");
  const name = freshName("failed-change");
  const created = await api<Submitted>(page, "POST", "/requests", {
    kind: "create",
    project,
    template: "node-service",
    name,
    cloud: "this-machine",
    parameters: { source: "sample" },
  });
  expect(await endOf(page, created.runId)).toBe("succeeded");
  const { environmentId } = created;
  const served = async () => {
    const [endpoint] = (await getEnvironment(page, environmentId)).endpoints;
    return (await fetch(endpoint?.url ?? "")).status;
  };
  expect(await served()).toBe(200);

  // An archive without a package: nothing of it can be started.
  const archive = await upload(page, gzipSync(await tarOf([{ path: "README.md", text: "nothing to run" }])));
  const changed = await api<Submitted>(page, "POST", "/requests", {
    kind: "update",
    environment: environmentId,
    parameters: { source: "upload", archive },
  });
  expect(await endOf(page, changed.runId)).toBe("failed");
  expect(await served(), "what ran continues").toBe(200);

  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`/environments/${environmentId}`);
    await expect(stateOf(page), `at ${width} px`).toHaveText("Running");
    await expect(page.getByRole("paragraph").filter({ hasText: /^Update failed$/ })).toBeVisible();
    await expect(page.getByText(`${name} is still running and can be changed.`)).toBeVisible();
    // The likeliest next step comes first.
    const steps = page
      .getByRole("button", { name: /^(Resume|Roll back|Share summary|Dismiss)$/ })
      .or(page.getByRole("link", { name: "View run" }));
    await expect(steps).toHaveText(["Resume", "Roll back", "View run", "Share summary", "Dismiss"]);
    await expect(page.getByRole("link", { name: "Edit configuration", exact: true }).first()).toBeVisible();
    await expectNoOverflow(page, `failed change at ${width} px`);
    await page.goto(`/environments?q=${name}`);
    await expect(page.getByRole("row").filter({ hasText: name })).toContainText("Update failed");
    await expectNoOverflow(page, `environments at ${width} px`);
    const link = page.getByRole("link", { name, exact: true });
    expect((await link.boundingBox())?.width ?? 0, `the name can be read at ${width} px`).toBeGreaterThan(90);
  }

  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/environments/${environmentId}`);
  await page.getByRole("button", { name: "Roll back" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Roll back" }).click();
  await new RunPage(page).untilDone();
  await page.goto(`/environments/${environmentId}`);
  await expect(stateOf(page)).toHaveText("Running");
  await expect(page.getByRole("paragraph").filter({ hasText: /^Update failed$/ })).toHaveCount(0);
  expect(await served()).toBe(200);
  await api(page, "POST", "/requests", { kind: "destroy", environment: environmentId });
});
