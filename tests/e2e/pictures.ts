import { chromium, type Page } from "@playwright/test";
import settings from "../../playwright.config";
import { api, eventually, signIn } from "./support/people";

/**
 * Takes the pictures of the README from a running Rostrum with demo data, on a real environment that is made for it
 * and destroyed afterwards (DATA_DIR where it is not ./data):
 *   ROSTRUM_URL=http://localhost:3000 npx tsx tests/e2e/pictures.ts
 */
interface Submitted {
  id: string;
  environmentId: string;
  runId?: string;
}
interface Environment {
  status: string;
  endpoints: { url: string }[];
}

const name = "checkout-staging";
/** Long enough for the charts to have something to show. */
const usedMs = 100_000;

async function makeEnvironment(page: Page): Promise<{ id: string; runId: string }> {
  const asked = await api<Submitted>(page, "POST", "/requests", {
    kind: "create",
    project: "storefront",
    template: "web-with-postgres",
    name,
    cloud: "this-machine",
    parameters: { size: "small" },
    leaseDays: 14,
    reason: "Rehearse the new checkout.",
  });
  const environment = () => api<Environment>(page, "GET", `/environments/${asked.environmentId}`);
  const { endpoints } = await eventually(environment, (one) => one.status === "running", 180_000);
  await use(endpoints[0]?.url ?? "");
  const backup = await api<{ id: string }>(page, "POST", `/environments/${asked.environmentId}/backups`, {});
  const taken = () => api<{ status: string }>(page, "GET", `/backups/${backup.id}`);
  await eventually(taken, (one) => one.status === "succeeded");
  return { id: asked.environmentId, runId: asked.runId ?? "" };
}

/** A few people's worth of visits. */
async function use(url: string): Promise<void> {
  const untilMs = Date.now() + usedMs;
  for (let visit = 1; Date.now() < untilMs; visit += 1) {
    await fetch(url);
    if (visit % 20 === 1) {
      const body = JSON.stringify({ author: "Dana", message: `Checked the basket, step ${visit}` });
      await fetch(`${url}/api/entries`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 200 + 150 * Math.sin(visit / 40)));
  }
}

async function destroy(page: Page, id: string): Promise<void> {
  await api(page, "POST", "/requests", {
    kind: "destroy",
    environment: id,
    reason: "The pictures are taken.",
  });
  const environment = () => api<Environment>(page, "GET", `/environments/${id}`);
  await eventually(environment, (one) => one.status === "destroyed", 120_000);
}

async function shoot(page: Page, path: string, file: string): Promise<void> {
  await page.goto(path);
  await page.waitForLoadState("networkidle", { timeout: 10_000 }).catch(() => {
    // Live updates keep a connection open for ever; what is there by now is the picture.
  });
  await page.waitForTimeout(2_500);
  await page.screenshot({ path: `docs/images/${file}.png` });
}

const browser = await chromium.launch(settings.use?.launchOptions ?? {});
try {
  const developer = await signIn(browser, "Developer");
  const { id, runId } = await makeEnvironment(developer);
  try {
    await shoot(developer, `/environments/${id}`, "environment");
    await shoot(developer, `/runs/${runId}`, "run");
    await shoot(developer, "/catalog/web-with-postgres/request", "request");
    await shoot(developer, "/costs", "costs");
    const approver = await signIn(browser, "Approver", { phone: true });
    const waiting = await api<{ items: { id: string }[] }>(
      approver,
      "GET",
      "/requests?status=pending_approval",
    );
    await shoot(approver, `/approvals/${waiting.items[0]?.id}`, "approval-phone");
  } finally {
    await destroy(developer, id);
  }
} finally {
  await browser.close();
}
