import { expect, type Locator, type Page } from "@playwright/test";
import { api } from "./people";

export interface Environment {
  id: string;
  name: string;
  status: string;
  health: string;
  generation: number;
  endpoints: { component: string; url: string }[];
  resources: { component: string; cloud: string; externalId: string; attributes: Record<string, unknown> }[];
}

/** A name nothing else has: tests share one Rostrum. */
export function freshName(what: string): string {
  return `${what}-${Date.now().toString(36)}`;
}

/** @throws Error when no one has an environment of that name */
export async function findEnvironment(page: Page, name: string): Promise<string> {
  const found = await api<{ items: Environment[] }>(page, "GET", `/environments?q=${name}`);
  const id = found.items.find((one) => one.name === name)?.id;
  if (!id) throw new Error(`There is no environment ${name}.`);
  return id;
}

export async function getEnvironment(page: Page, id: string): Promise<Environment> {
  return await api<Environment>(page, "GET", `/environments/${id}`);
}

/** The word beside the environment's name, which follows by itself what happens. */
export function stateOf(page: Page): Locator {
  const words =
    /^(Pending approval|Creating|Running|Running \(health unknown\)|Degraded|Unhealthy|Updating|Stopped|Failed|Destroying|Destroyed)$/;
  return page.locator("header:has(h1)").getByText(words);
}

/** Opens a tab of the environment by its link. */
export async function openTab(page: Page, id: string, tab: string): Promise<void> {
  if (!page.url().includes(`/environments/${id}`)) await page.goto(`/environments/${id}`);
  const link = page.getByRole("navigation", { name: / sections$/ }).getByRole("link", { name: tab });
  await link.click();
  await expect(link).toHaveAttribute("aria-current", "page");
}

/** A card by its headline. */
export function cardOf(page: Page, title: string): Locator {
  return page
    .locator("section")
    .filter({ has: page.getByRole("heading", { level: 2, name: title, exact: true }) });
}
