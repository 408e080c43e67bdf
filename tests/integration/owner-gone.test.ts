import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { actorOf, createWorld, until, type World } from "@/tests/support/world";

let world: World;
let runner: RunRunner;
let environmentId: string;
const projectOwnerId = "usr_projectowner00000000";

const sql = async (text: string, ...values: unknown[]) =>
  (await world.database.pool.query(text, values)).rows;
const told = (kind: string) =>
  sql("SELECT user_id, title FROM notification WHERE kind = $1 ORDER BY created_at, id", kind);

beforeAll(async () => {
  world = await createWorld();
  await sql(
    "INSERT INTO app_user (id, email, name, updated_at) VALUES ($1, 'owner@example.test', 'Owner', now())",
    projectOwnerId,
  );
  await sql(
    "INSERT INTO project_member (project_id, user_id, role) VALUES ($1, $2, 'owner')",
    world.projectId,
    projectOwnerId,
  );
  await world.publish("one", { web: { process: { program: "node" } } });
  runner = await world.runner();
  const { submitRequest } = await import("@/lib/features/requests");
  const { requestBody } = await import("@/lib/features/requests/schema");
  const body = { kind: "create", project: "team", template: "one", name: "orphaned" };
  ({ environmentId } = await submitRequest(await actorOf(world, "developer"), requestBody.parse(body)));
  await untilStatus("running");
  await sql("UPDATE app_user SET disabled_at = now() WHERE id = $1", world.developerId);
});
afterAll(async () => {
  await runner?.stop(1_000);
  await world?.close();
});

async function untilStatus(wanted: string): Promise<void> {
  runner.wake();
  await until(
    async () =>
      (await sql("SELECT status::text AS status FROM environment WHERE id = $1", environmentId))[0].status,
    (status) => status === wanted,
    30_000,
  );
}

it("tells the creation's end to the requester while they are enabled", async () => {
  expect(await told("environment.ready")).toEqual([
    { user_id: world.developerId, title: "orphaned is ready" },
  ]);
});

it("tells the project's owners of a failed scheduled backup, once", async () => {
  await sql(
    `INSERT INTO backup (id, environment_id, kind, created_at, lease_until, attempts)
     VALUES ('bak_scheduled', $1, 'scheduled', now() - interval '1 hour', now() - interval '1 second', 3)`,
    environmentId,
  );
  const { takeBackup } = await import("@/lib/features/backups/take");
  await Promise.all([takeBackup("bak_scheduled"), takeBackup("bak_scheduled")]);
  const [backup] = await sql("SELECT status::text AS status FROM backup WHERE id = 'bak_scheduled'");
  expect(backup.status).toBe("failed");
  expect(await told("backup.failed")).toEqual([
    { user_id: projectOwnerId, title: "orphaned: scheduled backup failed" },
  ]);
});

it("tells them of an incident and its end", async () => {
  const { openIncident, closeIncidents } = await import("@/lib/features/monitoring/incidents");
  await openIncident(environmentId, "web", "unhealthy", "It does not answer");
  await openIncident(environmentId, "web", "unhealthy", "It does not answer");
  await closeIncidents(environmentId, ["web"]);
  expect(await told("incident.opened")).toEqual([
    { user_id: projectOwnerId, title: "orphaned: web is unhealthy" },
  ]);
  expect(await told("incident.resolved")).toEqual([
    { user_id: projectOwnerId, title: "orphaned: web is healthy again" },
  ]);
});

it("tells them of the lease's end, the stop, the date of destruction and the destruction", async () => {
  const { leaseTick } = await import("@/lib/features/leases");
  const setEnd = (moment: string) =>
    sql("UPDATE environment SET lease_ends_at = now() + $2::interval WHERE id = $1", environmentId, moment);
  await setEnd("1 hour");
  await leaseTick();
  await setEnd("-1 minute");
  await leaseTick();
  await untilStatus("stopped");
  await sql(
    "UPDATE environment SET destroy_after = now() - interval '1 second' WHERE id = $1",
    environmentId,
  );
  await leaseTick();
  await untilStatus("destroyed");
  const kinds = ["lease.ends-soon", "lease.stopped", "environment.destroyed"];
  for (const kind of kinds) expect((await told(kind)).map((row) => row.user_id)).toEqual([projectOwnerId]);
  const [stopped] = await sql("SELECT body FROM notification WHERE kind = 'lease.stopped'");
  expect(stopped.body).toMatch(/^Extend the lease before .* GMT, or the environment will be destroyed\.$/);
});

it("tells them when the month's charges pass 80 and 100% of the budget, once each", async () => {
  const { watchBudgets } = await import("@/lib/features/chargeback");
  const charge = (amount: number) =>
    sql(
      `INSERT INTO daily_cost (day, environment_id, component, meter, currency, project_id, cost_center_id, owner_id,
         template_id, cloud_id, quantity, amount)
       VALUES ((now() AT TIME ZONE 'UTC')::date, $1, 'web', $2, 'EUR', $3, 'cc', 'usr', 'tpl', 'cld', 1, $4)`,
      environmentId,
      `m${amount}`,
      world.projectId,
      amount,
    );
  await sql("UPDATE project SET budget_monthly = 100");
  await charge(79);
  expect(await watchBudgets()).toBe(0);
  await charge(2);
  expect(await Promise.all([watchBudgets(), watchBudgets()])).toContain(1);
  await charge(30);
  await watchBudgets();
  await watchBudgets();
  expect(await told("budget.threshold")).toEqual([
    { user_id: projectOwnerId, title: "Team: 80% of the monthly budget used" },
    { user_id: projectOwnerId, title: "Team: monthly budget used up" },
  ]);
});
