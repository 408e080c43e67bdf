import { existsSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { api, eventually, signIn } from "./support/people";

interface Environment {
  id: string;
  status: string;
  health: string;
  endpoints: { component: string; url: string }[];
  resources: { component: string; attributes: { pid?: number; directory?: string } }[];
}
interface Run {
  status: string;
  error: unknown;
}
interface Request {
  id: string;
  status: string;
  environmentId: string;
  runId?: string;
  plan: { digest: string; changes: { component: string; action: string; diff: { path: string }[] }[] };
}

const name = `story-${Date.now().toString(36)}`;

async function finished(page: Page, runId: string | undefined): Promise<void> {
  const run = await eventually(
    () => api<Run>(page, "GET", `/runs/${runId}`),
    (one) => !["queued", "running", "parked"].includes(one.status),
    90_000,
  );
  expect(run).toMatchObject({ status: "succeeded", error: null });
}

async function entries(url: string): Promise<string[]> {
  const answer = (await (await fetch(`${url}/api/entries`)).json()) as { entries: { message: string }[] };
  return answer.entries.map((entry) => entry.message);
}

/** The newcomer's story on real processes of this machine, from the request to nothing being left. */
test("request, approve, use, heal, back up, restore, resize, pay for and destroy an environment", async ({
  browser,
}) => {
  test.setTimeout(360_000);
  const developer = await signIn(browser, "Developer");

  await test.step("the developer asks for it in the catalog", async () => {
    await developer.goto("/catalog/web-with-postgres/request");
    await developer.getByLabel("Name", { exact: true }).fill(name);
    await expect(developer.getByRole("button", { name: "Create environment" })).toBeEnabled();
    await developer.getByRole("button", { name: "Create environment" }).click();
    await expect(developer).toHaveURL(/\/runs\/run_/);
  });

  const runId = new URL(developer.url()).pathname.split("/")[2];
  await finished(developer, runId);
  const found = await api<{ items: { id: string }[] }>(developer, "GET", `/environments?search=${name}`);
  const id = found.items[0]?.id ?? "";
  const environment = () => api<Environment>(developer, "GET", `/environments/${id}`);
  const url = (await environment()).endpoints[0]?.url ?? "";

  await test.step("its application answers and keeps what is typed into it", async () => {
    const answer = await fetch(`${url}/api/entries`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ author: "story", message: "kept" }),
    });
    expect(answer.ok).toBe(true);
    expect(await entries(url)).toEqual(["kept"]);
  });

  await test.step("a killed process is healed within 15 seconds, with an incident", async () => {
    const web = (await environment()).resources.find((one) => one.component === "web");
    const killedMs = Date.now();
    process.kill(Number(web?.attributes.pid), "SIGKILL");
    await eventually(
      () =>
        fetch(`${url}/healthz`).then(
          (one) => one.ok,
          () => false,
        ),
      (well) => well,
      15_000,
    );
    expect(Date.now() - killedMs).toBeLessThan(15_000);
    const incidents = await eventually(
      () =>
        api<{ items: { component: string; closedAt: string | null }[] }>(
          developer,
          "GET",
          `/environments/${id}/incidents`,
        ),
      (list) => list.items[0]?.closedAt != null,
      40_000,
    );
    expect(incidents.items[0]).toMatchObject({ component: "web" });
  });

  await test.step("a deleted row is back after a restore", async () => {
    await eventually(environment, (one) => one.status === "running");
    const backup = await api<{ id: string }>(developer, "POST", `/environments/${id}/backups`, {});
    await eventually(
      () => api<{ status: string }>(developer, "GET", `/backups/${backup.id}`),
      (one) => one.status === "succeeded",
    );
    const first = (await (await fetch(`${url}/api/entries`)).json()) as { entries: { id: number }[] };
    await fetch(`${url}/api/entries/${first.entries[0]?.id}`, { method: "DELETE" });
    expect(await entries(url)).toEqual([]);
    const restore = await api<Request>(developer, "POST", "/requests", {
      kind: "restore",
      environment: id,
      backup: backup.id,
      reason: "",
    });
    await finished(developer, restore.runId);
    expect(
      await eventually(
        () => entries(url).catch(() => []),
        (list) => list.length === 1,
      ),
    ).toEqual(["kept"]);
  });

  await test.step("it has cost something already", async () => {
    const cost = await api<{ total: string }>(developer, "GET", `/environments/${id}/costs`);
    expect(Number(cost.total)).toBeGreaterThan(0);
  });

  await test.step("a bigger size is a diff and is applied in place", async () => {
    const change = await api<Request>(developer, "POST", "/requests", {
      kind: "update",
      environment: id,
      parameters: { size: "medium" },
      reason: "more room",
    });
    expect(change.plan.changes.map((one) => one.action)).toEqual(["update", "update"]);
    expect(change.plan.changes[0]?.diff.map((one) => one.path)).toContain("size.memoryBytes");
    let changeRun = change.runId;
    if (change.status === "pending_approval") {
      const approver = await signIn(browser, "Approver");
      const decided = await api<{ runId: string }>(approver, "POST", `/requests/${change.id}/decisions`, {
        decision: "approve",
        digest: change.plan.digest,
        reason: "fine",
      });
      changeRun = decided.runId;
    }
    await finished(developer, changeRun);
    expect(await entries(url)).toEqual(["kept"]);
  });

  await test.step("destroying it leaves nothing", async () => {
    const { resources } = await environment();
    const destroy = await api<Request>(developer, "POST", "/requests", {
      kind: "destroy",
      environment: id,
      reason: "",
    });
    await finished(developer, destroy.runId);
    expect((await environment()).status).toBe("destroyed");
    for (const { attributes } of resources) {
      expect(existsSync(`/proc/${attributes.pid}`)).toBe(false);
      expect(existsSync(attributes.directory ?? "")).toBe(false);
    }
    await expect(fetch(url)).rejects.toThrow();
  });
});

test("the approver decides about a costly request on a phone", async ({ browser }) => {
  const developer = await signIn(browser, "Developer");
  const costly = await api<Request>(developer, "POST", "/requests", {
    kind: "create",
    project: "storefront",
    template: "three-tier-shop",
    name: `${name}-shop`,
    cloud: "demo-cloud",
    leaseDays: 14,
    parameters: { size: "large" },
    reason: "Rehearse the sale.",
  }).catch((error: Error) => error);
  test.skip(
    costly instanceof Error,
    `no such request possible: ${costly instanceof Error ? costly.message : ""}`,
  );
  if (costly instanceof Error) return;
  expect(costly.status).toBe("pending_approval");
  const approver = await signIn(browser, "Approver", { phone: true });
  await approver.goto(`/approvals/${costly.id}`);
  await expect(approver.getByText("Rehearse the sale.")).toBeVisible();
  const overflow = await approver.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(overflow).toBe(false);
  await approver.getByRole("button", { name: /^Approve/ }).click();
  await eventually(
    () => api<Request>(developer, "GET", `/requests/${costly.id}`),
    (one) => one.status !== "pending_approval",
  );
});
