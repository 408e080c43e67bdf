import type { Browser, Page } from "@playwright/test";
import { ask } from "./support/ask";
import { approve, confirmByName } from "./support/decide";
import { type DockerForTests, openDocker } from "./support/docker";
import { cardOf, findEnvironment, freshName, getEnvironment, openTab, stateOf } from "./support/environments";
import { Noticeboard } from "./support/noticeboard";
import { signIn } from "./support/people";
import { RequestForm } from "./support/request-form";
import { RunPage } from "./support/run-page";
import { expect, test } from "./support/test";

/** The same template as containers, by nothing but the choice of the cloud. Each test continues after the one before. */
test.describe.configure({ mode: "serial" });

const name = freshName("boxed");
const kept = "Kept in a volume";

let docker: DockerForTests | null;
let developer: Page;
let environmentId: string;
let board: Noticeboard;

test.beforeAll(async ({ browser }: { browser: Browser }) => {
  test.setTimeout(180_000);
  docker = await openDocker();
  developer = await signIn(browser, "Developer");
});
test.afterAll(async () => {
  await docker?.restore();
  await developer?.context().close();
});
test.beforeEach(() => test.skip(docker === null, "SKIPPED: no Docker engine answers"));

test("chosen in the form, the Docker cloud runs it as containers, and its link answers", async () => {
  await ask(developer, { template: "web-with-postgres", preset: "Trial", cloud: "docker", name });
  const run = new RunPage(developer);
  await run.untilDone(120_000);
  environmentId = await findEnvironment(developer, name);
  const things = (await docker?.thingsOf(environmentId)) ?? [];
  expect(things.filter((one) => one.startsWith("container "))).toHaveLength(2);
  expect(things.filter((one) => one.startsWith("network "))).toHaveLength(1);
  expect(things.some((one) => one.startsWith("volume "))).toBe(true);

  await developer.getByRole("link", { name: "View environment" }).click();
  await expect(stateOf(developer)).toHaveText("Running");
  await expect(developer.getByText("on Docker on this machine")).toBeVisible();
  const web = developer.getByRole("link", { name: "Open", exact: true });
  board = await Noticeboard.follow(developer.context(), web);
  await board.write(kept, "Dana");
});

test("a killed container is healed, with an incident on the page", async () => {
  const { resources } = await getEnvironment(developer, environmentId);
  const web = resources.find((one) => one.component === "web");
  await docker?.docker.getContainer(web?.externalId ?? "").kill({ signal: "SIGKILL" });
  const killedMs = Date.now();
  expect(await board.reload()).toBeNull();
  await board.untilBack(15_000);
  expect(Date.now() - killedMs).toBeLessThan(15_000);
  await expect(board.entry(kept)).toBeVisible();
  await openTab(developer, environmentId, "Monitoring");
  const incident = cardOf(developer, "Incidents").getByRole("row").nth(1);
  await expect(incident).toContainText("web", { timeout: 30_000 });
  await expect(incident.getByText("Resolved", { exact: true })).toBeVisible({ timeout: 40_000 });
});

test("another size is applied and keeps data and link", async () => {
  const before = await getEnvironment(developer, environmentId);
  await expect(stateOf(developer)).toHaveText("Running", { timeout: 40_000 });
  await developer.getByRole("link", { name: "Edit configuration" }).click();
  const form = new RequestForm(developer);
  const now = await form.quote();
  await form.chooseSize("Medium");
  expect((await form.quoteAfter(now)).verdict).toBe("Auto-approved");
  await form.submit.click();
  await new RunPage(developer).untilDone(120_000);
  const after = await getEnvironment(developer, environmentId);
  expect(after.endpoints).toEqual(before.endpoints);
  const database = after.resources.find((one) => one.component === "db");
  const { HostConfig } = (await docker?.docker.getContainer(database?.externalId ?? "").inspect()) ?? {};
  expect(HostConfig?.Memory).toBe(512 * 2 ** 20);
  expect((await board.reload())?.status, "it answers as soon as it is done").toBe(200);
  await expect(board.entry(kept)).toBeVisible();
});

test("destroyed without a safety backup once someone else agrees, no container, network or volume of it is left", async ({
  browser,
}) => {
  // The images that stand in for PostgreSQL's have no pg_dump, so no safety backup can be made.
  await openTab(developer, environmentId, "Settings");
  await developer.getByRole("button", { name: "Destroy…" }).click();
  await developer.getByRole("checkbox", { name: "Skip the safety backup" }).check();
  await confirmByName(developer, "Destroy", name);
  await expect(developer).toHaveURL(/\/requests\/req_/);
  const approver = await signIn(browser, "Approver");
  await approve(approver, `Destroy “${name}”`, "Nothing in it is needed", async () => {
    await expect(approver.getByText(/one is made first|o safety backup is made first/).first()).toBeVisible();
  });
  await developer.getByRole("link", { name: "View run" }).click();
  await new RunPage(developer).untilDone(120_000);
  expect(await docker?.thingsOf(environmentId)).toEqual([]);
  expect(await board.reload()).toBeNull();
});
