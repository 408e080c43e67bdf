import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { newDemoLink } from "../support/demo-link";
import { stranger } from "./support/people";
import { testedRostrum } from "./support/rostrum";
import { expect, test } from "./support/test";

/** A demo link lets one browser in, and nothing of the portal reaches a workload on the same machine. */

const dataDir = testedRostrum()?.dataDir;
const demoUsers = { name: "Try the demo" };

test("a demo link lets the browser that opens it sign in as demo users", async ({ browser }) => {
  const page = await stranger(browser);
  await page.goto("/sign-in");
  await expect(page.getByLabel("Password")).toBeVisible();
  await expect(page.getByText("npm run -s admin -- demo link")).toBeVisible();
  await expect(page.getByRole("region", demoUsers)).toHaveCount(0);

  const link = await newDemoLink(dataDir);
  await page.goto(link);
  await expect(page).toHaveURL(/\/sign-in$/);
  await page
    .getByRole("region", demoUsers)
    .getByRole("button", { name: /^Developer/ })
    .click();
  await expect(page).not.toHaveURL(/sign-in/);
  await expect(page.getByRole("complementary", { name: "Demo notice" })).toBeVisible();

  const other = await stranger(browser);
  await other.goto(link);
  await expect(other.getByRole("alert").filter({ hasText: "This demo link has expired" })).toContainText(
    "npm run -s admin -- demo link",
  );
  await expect(other.getByRole("region", demoUsers)).toHaveCount(0);
});

test("no log holds a demo link", async ({ browser }) => {
  test.skip(dataDir === undefined, "another Rostrum's logs");
  const link = await newDemoLink(dataDir);
  const page = await stranger(browser);
  await page.goto(link);
  const token = link.split("/").at(-1) ?? "";
  for (const name of ["launcher.log", "logs/portal.log", "logs/workers.log"]) {
    const text = readFileSync(join(dataDir ?? "", name), "utf8");
    expect(text, name).not.toContain(token);
    // The launcher tells its operator one link of its own; Rostrum's logs hold none.
    if (name !== "launcher.log") expect(text, name).not.toMatch(/\/demo\/[\w-]{20}/);
  }
});

test("a person who goes to 127.0.0.1 signs in at localhost, and workloads get no cookie", async ({
  browser,
}) => {
  const { port } = new URL(process.env.ROSTRUM_URL ?? "");
  const received: (string | undefined)[] = [];
  const workload = createServer((request, response) => {
    if (request.url === "/") received.push(request.headers.cookie);
    response.setHeader("content-type", "text/html").end("a workload");
  });
  await new Promise<void>((done) => workload.listen(0, "127.0.0.1", done));
  try {
    const page = await stranger(browser);
    const { pathname } = new URL(await newDemoLink(dataDir));
    await page.goto(`http://127.0.0.1:${port}${pathname}`);
    await expect(page).toHaveURL(`http://localhost:${port}/sign-in`);
    await page.getByRole("button", { name: /^Administrator/ }).click();
    await expect(page).not.toHaveURL(/sign-in/);
    await page.goto(`http://127.0.0.1:${port}/environments`);
    await expect(page).toHaveURL(`http://localhost:${port}/environments`);
    const cookies = await page.context().cookies();
    expect(new Set(cookies.map(({ domain }) => domain))).toEqual(new Set(["localhost"]));
    expect(cookies.every(({ httpOnly, sameSite }) => httpOnly && sameSite === "Lax")).toBe(true);
    await page.goto(`http://127.0.0.1:${(workload.address() as AddressInfo).port}/`);
    await expect(page.getByText("a workload")).toBeVisible();
    expect(received).toEqual([undefined]);
  } finally {
    workload.closeAllConnections();
    workload.close();
  }
});
