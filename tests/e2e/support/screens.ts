import { expect, type Page } from "@playwright/test";
import { api, type Role } from "./people";

/** Addresses of things the organization has, by the screen that shows them. */
export interface Examples {
  environment: string;
  waiting: string;
  done: string;
  run: string;
  failedRun: string;
  statement: string;
  project: string;
}

interface Items {
  items: { id: string }[];
}

/** Looks up one example of each thing that the person of the page may see; "" for what there is none of. */
export async function examplesOf(page: Page): Promise<Examples> {
  const first = async (path: string) => (await api<Items>(page, "GET", path)).items[0]?.id ?? "";
  return {
    environment: await first("/environments?q=checkout-preview"),
    waiting: await first("/requests?status=pending_approval&q=load-rehearsal"),
    done: await first("/requests?status=succeeded&kind=create"),
    run: await first("/runs?status=succeeded&limit=1"),
    failedRun: await first("/runs?status=failed&limit=1"),
    statement: await first("/statements"),
    project: await first("/projects?limit=1"),
  };
}

const tabs = ["", "/monitoring", "/logs", "/backups", "/costs", "/activity", "/settings"];
const projectTabs = ["", "/environments", "/members", "/limits", "/costs", "/activity"];
const everybody = [
  "/",
  "/catalog",
  "/environments",
  "/requests",
  "/requests/approvals",
  "/projects",
  "/costs",
  "/costs/budgets",
  "/costs/statements",
  "/notifications",
  "/account",
];

/** The paths of a role's screens. What every role sees alike is listed once. */
export function screensOf(role: Role, found: Examples): string[] {
  const ofEnvironment = tabs.map((tab) => `/environments/${found.environment}${tab}`);
  switch (role) {
    case "Developer":
      return [
        ...everybody,
        "/catalog/web-with-postgres",
        "/catalog/web-with-postgres/request",
        ...ofEnvironment,
        `/environments/${found.environment}/change`,
        `/requests/${found.waiting}`,
        `/requests/${found.done}`,
        "/requests/mine",
        "/requests/runs",
        ...projectTabs.map((tab) => `/projects/${found.project}${tab}`),
        "/whats-new",
        "/guides/writing-a-template",
        `/runs/${found.run}`,
        `/runs/${found.failedRun}`,
        `/costs/usage?environment=${found.environment}&days=366`,
        "/insights",
        "/insights/fulfillment",
        "/insights/reclaimable",
        "/docs/api",
      ];
    case "Approver":
      return ["/", "/requests/approvals", `/approvals/${found.waiting}`, `/requests/${found.waiting}`];
    case "Finance":
      return [
        "/",
        "/costs",
        "/costs/budgets",
        "/costs/statements",
        `/costs/statements/${found.statement}`,
        "/costs/prices",
        "/insights",
        `/projects/${found.project}`,
      ];
    case "Administrator":
      return [
        "/",
        "/admin",
        "/admin/templates",
        "/admin/templates/new",
        "/admin/templates/web-with-postgres/1.2.3",
        "/admin/clouds",
        "/admin/clouds/new",
        "/admin/policies",
        "/costs/prices",
        "/insights/capacity",
        "/admin/projects",
        `/admin/projects/${found.project}`,
        "/admin/users",
        "/admin/settings",
        "/admin/system",
        "/admin/audit",
      ];
    case "Auditor":
      return [
        "/",
        "/catalog/web-with-postgres/request",
        "/admin/templates",
        "/admin/clouds",
        "/admin/users",
        "/admin/audit",
      ];
  }
}

/** What the developer and the approver open on the way: these work at 390 px. */
export function phoneScreensOf(role: "Developer" | "Approver", found: Examples): string[] {
  if (role === "Approver") return ["/", "/requests/approvals", `/approvals/${found.waiting}`];
  return [
    "/",
    "/catalog",
    "/catalog/web-with-postgres",
    "/catalog/web-with-postgres/request",
    "/environments",
    `/environments/${found.environment}`,
    `/environments/${found.environment}/monitoring`,
    `/requests/${found.waiting}`,
    `/runs/${found.run}`,
    "/requests",
    "/requests/mine",
    "/requests/runs",
    "/costs",
    "/costs/budgets",
    "/costs/statements",
    "/insights",
    "/insights/fulfillment",
    "/insights/reclaimable",
    "/projects",
    ...projectTabs.map((tab) => `/projects/${found.project}${tab}`),
    "/whats-new",
  ];
}

/** A statement to look at: the demo organization has months that are over, but no one closed one yet. */
export async function ensureStatement(page: Page): Promise<void> {
  const { items } = await api<{ items: unknown[] }>(page, "GET", "/statements");
  if (items.length > 0) return;
  await page.goto("/costs/statements");
  await page.getByRole("button", { name: /^Close / }).click();
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: /^Close / })
    .click();
  await expect(page.getByRole("table", { name: "Statements" })).toBeVisible();
}
