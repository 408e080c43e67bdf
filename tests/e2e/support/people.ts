import { randomUUID } from "node:crypto";
import { type Browser, expect, type Page } from "@playwright/test";
import { newDemoLink, openDemoLink } from "../../support/demo-link";
import { testedRostrum } from "./rostrum";

export type Role = "Developer" | "Approver" | "Administrator" | "Finance" | "Auditor";

interface Device {
  phone?: boolean;
}

/** A page of a browser of its own, in which no one is signed in. */
export async function stranger(browser: Browser, { phone }: Device = {}): Promise<Page> {
  const context = await browser.newContext({
    baseURL: process.env.ROSTRUM_URL ?? "",
    viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 900 },
  });
  return patient(await context.newPage());
}

/** A page that is there when its fields and buttons listen, not when its text is read: a person is no faster. */
function patient(page: Page): Page {
  const goto = page.goto.bind(page);
  page.goto = async (url, options) => {
    const response = await goto(url, options);
    if (url.startsWith("/") && options?.waitUntil !== "commit") await awake(page);
    return response;
  };
  const reload = page.reload.bind(page);
  page.reload = async (options) => {
    const response = await reload(options);
    await awake(page);
    return response;
  };
  return page;
}

async function awake(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll("form, input, textarea, select, button")].every((element) =>
      Object.keys(element).some((key) => key.startsWith("__reactProps")),
    ),
  );
}

let demoCookie: ReturnType<typeof openDemoLink> | undefined;

/** What a demo link gave to the first browser of this process; one link is enough for all of a person's windows. */
async function demoAccess(): ReturnType<typeof openDemoLink> {
  demoCookie ??= newDemoLink(testedRostrum()?.dataDir).then(openDemoLink);
  return await demoCookie;
}

/** A page of a browser of its own that once opened a demo link, in which one of the demo users is signed in by one click. */
export async function signIn(browser: Browser, role: Role, device: Device = {}): Promise<Page> {
  const page = await stranger(browser, device);
  await page.context().addCookies([{ ...(await demoAccess()), url: process.env.ROSTRUM_URL ?? "" }]);
  await page.goto("/sign-in");
  await page.getByRole("button", { name: new RegExp(`^${role}`) }).click();
  await expect(page).not.toHaveURL(/sign-in/, { timeout: 30_000 });
  return page;
}

/**
 * Calls the API as the person of the page, the way the page itself does. Networks that appear for isolated components
 * make the browser end what is under way (ERR_NETWORK_CHANGED): such a call is repeated with its key.
 */
export async function api<T>(page: Page, method: string, path: string, body?: unknown): Promise<T> {
  return page.evaluate(
    async ([verb, address, json, key]) => {
      const send = () =>
        fetch(`/api/v1${address}`, {
          method: verb as string,
          headers: { "content-type": "application/json", ...(verb !== "GET" && { "idempotency-key": key }) },
          ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        });
      const response = await send().catch(send);
      const text = await response.text();
      const value = text ? JSON.parse(text) : null;
      if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(value)}`);
      return value;
    },
    [method, path, body, randomUUID()] as const,
  ) as Promise<T>;
}

/** Looks until something holds. */
export async function eventually<T>(
  look: () => Promise<T>,
  holds: (value: T) => boolean,
  timeoutMs = 60_000,
): Promise<T> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    if (Date.now() > endMs) throw new Error(`still not so: ${JSON.stringify(value).slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

export interface Person {
  email: string;
  password: string;
}

/** Makes a person with a password and roles in projects (by short name), as the administrator of the page. */
export async function addPerson(
  administrator: Page,
  name: string,
  roles: Record<string, string>,
): Promise<Person> {
  const person = { email: `${name}@example.com`, password: `the password of ${name}` };
  const { id } = await api<{ id: string }>(administrator, "POST", "/users", { name, ...person });
  for (const [project, role] of Object.entries(roles)) {
    await api(administrator, "POST", `/projects/${project}/members`, { user: id, role });
  }
  return person;
}

/** A page of a browser of its own, in which a person signed in with their password. */
export async function signInWith(browser: Browser, { email, password }: Person): Promise<Page> {
  const page = await stranger(browser);
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).not.toHaveURL(/sign-in/);
  return page;
}
