import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as demoRoute from "@/app/api/v1/demo/route";
import { planDigest } from "@/lib/engine/plan";
import { forgetTemplateStats, templateStats } from "@/lib/features/catalog/stats";
import { closableMonths } from "@/lib/features/chargeback";
import { closeConnections, cloudDataDir, connectionFor } from "@/lib/features/clouds";
import { loadEnvironment } from "@/lib/features/environments/context";
import { listDemoUsers } from "@/lib/features/identity";
import { planBody, readPlan } from "@/lib/features/requests";
import type { RequestKind } from "@/lib/features/requests/schema";
import { acceptKey, ensureFirstStart } from "@/lib/features/setup";
import { newId } from "@/lib/kernel/ids";
import { cliActor } from "@/lib/platform/auth";
import { resetConfig } from "@/lib/platform/config";
import { seal, unseal } from "@/lib/platform/crypto";
import { execute, query } from "@/lib/platform/db";
import { seedDemo } from "@/prisma/seed/seed-demo";
import { BrowserSession } from "../support/browser-session";
import type { TestDatabase } from "../support/database";
import { insertEnvironment } from "../support/environment-row";
import { call, makePerson, makeProject, type TestPerson, useTestPortal } from "../support/portal";
import { insertHistory } from "../support/put-status";

const dataDir = mkdtempSync(join(tmpdir(), "rostrum-demo-"));
// Open to others, so that the machine cloud finds no reason to live elsewhere.
chmodSync(dataDir, 0o755);
let database: TestDatabase;
let admin: TestPerson;
let demoCloud: string;

const count = async (sql: string): Promise<number> =>
  (await query<{ n: number }>(`SELECT count(*)::int AS n ${sql}`))[0]?.n ?? -1;

beforeAll(async () => {
  database = await useTestPortal({ DATA_DIR: dataDir, DEMO: "on", ADMIN_EMAIL: "root@test.example" });
  await definePrices();
});
afterAll(async () => {
  await closeConnections();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

it("fills an empty installation, and once", async () => {
  const first = await ensureFirstStart(seedDemo);
  expect(first).toMatchObject({ demo: true, adminEmail: "root@test.example" });
  expect(first.adminPassword).toBeTruthy();
  expect(first.clouds).toContain("this-machine");
  const environments = await count("FROM environment");
  expect(environments).toBeGreaterThanOrEqual(35);
  const again = await ensureFirstStart(seedDemo);
  expect(again).toMatchObject({
    demo: true,
    adminEmail: null,
    clouds: [],
    templates: { added: 0, refused: 0 },
  });
  expect(await count("FROM environment")).toBe(environments);
  admin = await makePerson("real-admin", { orgRole: "admin" });
});

it("says how long a template takes from what really ran, once something did", async () => {
  const typical = async () => {
    forgetTemplateStats();
    return Object.fromEntries([...(await templateStats())].map(([id, one]) => [id, one.typicalSeconds]));
  };
  const invented = await typical();
  const [ran] = await query<{ environmentId: string; templateId: string }>(
    `SELECT e.id AS "environmentId", v.template_id AS "templateId" FROM run r
     JOIN environment e ON e.id = r.environment_id JOIN template_version v ON v.id = e.template_version_id
     WHERE r.kind = 'create' AND r.status = 'succeeded' ORDER BY r.created_at DESC LIMIT 1`,
  );
  if (!ran) throw new Error("The demo has no successful creation.");
  await execute("UPDATE environment SET is_demo = false WHERE id = $1", [ran.environmentId]);
  await execute("UPDATE run SET finished_at = started_at + interval '4 seconds' WHERE environment_id = $1", [
    ran.environmentId,
  ]);
  expect(await typical()).toEqual({ ...invented, [ran.templateId]: 4 });
  await execute("UPDATE environment SET is_demo = true WHERE id = $1", [ran.environmentId]);
  forgetTemplateStats();
});

it("shows every condition, with figures behind it", async () => {
  const rows = await query<{ status: string }>(
    "SELECT DISTINCT status::text AS status FROM environment ORDER BY 1",
  );
  expect(rows.map((row) => row.status)).toEqual(
    ["destroyed", "failed", "pending", "provisioning", "running", "stopped"].sort(),
  );
  const browser = new BrowserSession();
  await browser.openDemoLink();
  const headers = new Headers({ host: "localhost:3000", cookie: browser.cookieHeader });
  expect((await listDemoUsers(headers)).map((one) => one.role)).toEqual([
    "developer",
    "approver",
    "owner",
    "admin",
    "finance",
    "auditor",
  ]);
  expect(await count("FROM sample WHERE at > now() - interval '7 days'")).toBeGreaterThan(10_000);
  expect(await count("FROM incident WHERE closed_at IS NULL")).toBeGreaterThanOrEqual(2);
  expect(await count("FROM request WHERE status = 'pending_approval'")).toBeGreaterThanOrEqual(2);
  expect(await count("FROM run WHERE kind = 'heal' AND finished_at IS NULL")).toBe(1);
  expect(await count("FROM incident WHERE opened_at > now() - interval '1 hour'")).toBeGreaterThanOrEqual(1);
  expect(
    await count("FROM (SELECT day FROM daily_cost GROUP BY day HAVING sum(amount) > 0) d"),
  ).toBeGreaterThan(85);
});

it("costs tens of thousands a month, of which two are closed and the last one waits", async () => {
  const months = await query<{ month: string; amount: number }>(
    `SELECT to_char(day, 'YYYY-MM') AS month, sum(amount)::float8 AS amount FROM daily_cost
      WHERE day < date_trunc('month', now()) GROUP BY 1 ORDER BY 1`,
  );
  expect(months).toHaveLength(3);
  for (const { month, amount } of months) {
    expect(amount, month).toBeGreaterThan(10_000);
    expect(amount, month).toBeLessThan(100_000);
  }
  const closed = await query<{ month: string; n: number }>(
    "SELECT to_char(month, 'YYYY-MM') AS month, count(*)::int AS n FROM statement GROUP BY 1 ORDER BY 1",
  );
  expect(closed).toEqual(months.slice(0, 2).map(({ month }) => ({ month, n: 3 })));
  const waiting = await closableMonths();
  expect(waiting.map(({ month }) => month)).toEqual([months[2]?.month]);
  const [over] = await query(
    `SELECT p.slug FROM project p WHERE p.budget_monthly <
       (SELECT sum(monthly_cost) FROM environment e WHERE e.project_id = p.id AND e.destroyed_at IS NULL AND e.status <> 'pending')`,
  );
  expect(over).toEqual({ slug: "payments" });
});

it("has a version in review, of which the administrator is no contributor", async () => {
  const [version] = await query<{ version: string; own: boolean }>(
    `SELECT v.version, u.email LIKE 'demo-admin@%' AS own FROM template_version v JOIN app_user u ON u.id = v.author_id
      WHERE v.status = 'in_review'`,
  );
  expect(version).toEqual({ version: "1.1.0", own: false });
});

it("leads to pages of the portal", async () => {
  const [row] = await query<{ url: string }>(
    "SELECT outputs->>'url' AS url FROM environment WHERE name = 'checkout-preview'",
  );
  expect(row?.url).toBe("http://localhost:3000/simulated/checkout-preview/web");
});

it("is coherent: charges add up to the days, approvals fit their plans, resources can be planned on", async () => {
  const wrong = await query(
    `SELECT d.day FROM (SELECT day, sum(amount) AS amount FROM daily_cost GROUP BY day) d
       JOIN (SELECT (hour AT TIME ZONE 'UTC')::date AS day, sum(amount) AS amount FROM charge GROUP BY 1) c USING (day)
      WHERE abs(d.amount - c.amount) > 0.0001`,
  );
  expect(wrong).toEqual([]);
  expect(await count("FROM charge")).toBeGreaterThan(1_000);
  expect(await count("FROM charge c WHERE NOT EXISTS (SELECT 1 FROM price p WHERE p.id = c.price_id)")).toBe(
    0,
  );
  expect(
    await count(
      "FROM approval a JOIN plan p ON p.id = a.plan_id WHERE a.plan_digest <> p.digest OR a.request_id <> p.request_id",
    ),
  ).toBe(0);
  expect(await count("FROM run u WHERE NOT EXISTS (SELECT 1 FROM request r WHERE r.run_id = u.id)")).toBe(0);
  expect(await count("FROM environment WHERE status = 'running' AND ready_at < created_at")).toBe(0);
  const [one] = await query<{ id: string }>("SELECT id FROM environment WHERE name = 'checkout-preview'");
  const context = await loadEnvironment(one?.id ?? "");
  expect([...context.existing.keys()].sort()).toEqual(["db", "web"]);
  expect(context.existing.get("web")?.desired?.kind).toBe("container");
  expect(context.inputs.secrets.db?.password).toHaveLength(24);
});

it("has plans that are what their digests say, so that they can be opened and approved", async () => {
  const plans = await query<{
    id: string;
    kind: RequestKind;
    project_id: string;
    name: string;
    environment_id: string;
  }>(
    `SELECT p.id, q.kind, q.project_id, e.name, p.environment_id FROM plan p JOIN request q ON q.plan_id = p.id
       JOIN environment e ON e.id = p.environment_id`,
  );
  expect(plans.length).toBeGreaterThan(40);
  for (const { id, kind, project_id, name, environment_id } of plans) {
    const plan = await readPlan(id);
    const subject = { projectId: project_id, environmentId: environment_id, environmentName: name };
    expect(planDigest(planBody({ ...plan, ...subject, kind, context: {} })), id).toBe(plan.digest);
    if (kind === "create") expect(plan.lease?.days).toBeGreaterThan(0);
  }
});

it("makes the newcomer's story work: the trial starts at once, the team's size waits", async () => {
  const [limits] = await query<{ limit: number; trial: number; team: number }>(
    `SELECT (SELECT approval_limit::float8 FROM project WHERE slug = 'storefront') AS limit,
       (SELECT monthly_cost::float8 FROM environment WHERE name = 'checkout-preview') AS trial,
       (SELECT monthly_cost::float8 FROM environment WHERE name = 'returns-portal') AS team`,
  );
  expect(limits?.trial).toBeLessThan(limits?.limit ?? 0);
  expect(limits?.team).toBeGreaterThan(limits?.limit ?? 0);
});

it("stands on a cloud that answers for it", async () => {
  const [cloud] = await query<{ id: string }>("SELECT id FROM cloud WHERE is_demo");
  demoCloud = cloud?.id ?? "";
  const [row] = await query<{ environment_id: string; component: string; name: string; external_id: string }>(
    `SELECT r.environment_id, r.component, e.name, r.external_id FROM resource r JOIN environment e ON e.id = r.environment_id
      WHERE r.status = 'running' LIMIT 1`,
  );
  if (!row) throw new Error("no resource");
  const connection = await connectionFor(demoCloud);
  const ref = { environmentId: row.environment_id, environmentName: row.name, component: row.component };
  expect(await connection.observe(ref)).toMatchObject({ externalId: row.external_id, status: "running" });
});

it("keeps the audit chain whole", async () => {
  const events = await query<{ broken: boolean }>(
    `SELECT a.hash <> rostrum_audit_hash(a.prev_hash, a) OR a.prev_hash <> coalesce(lag(a.hash) OVER (ORDER BY a.seq), '')
       AS broken FROM audit_event a`,
  );
  expect(events.length).toBeGreaterThan(40);
  expect(events.filter((one) => one.broken)).toEqual([]);
});

it("is removed whole in one go, and what is real stays", async () => {
  const real = await addUnmarked("real-one", "this-machine");
  await addUnmarked("trial", "demo-cloud");
  await addUnmarked("never-created", null);
  // Real, charged and destroyed, in a project that stays: its costs stay, too.
  const billed = await addUnmarked("billed", null);
  await execute("UPDATE environment SET status = 'destroyed', destroyed_at = now() WHERE id = $1", [billed]);
  await execute(
    `INSERT INTO usage_record (id, hour, environment_id, resource_id, component, meter, unit, quantity, project_id,
       cost_center_id, owner_id, template_version_id, cloud_id)
     SELECT 'use_billed', now(), e.id, 'res_x', 'web', 'cpu', 'core-hour', 1, e.project_id, p.cost_center_id, e.owner_id,
       e.template_version_id, 'cld_x' FROM environment e JOIN project p ON p.id = e.project_id WHERE e.id = $1`,
    [billed],
  );
  const gone = await insertEnvironment(await makeProject("real-team"), await developerId());
  await execute("UPDATE environment SET status = 'destroyed', destroyed_at = now() WHERE id = $1", [gone]);
  const refused = await call(demoRoute.DELETE, {
    method: "DELETE",
    token: (await makePerson("nobody")).token,
  });
  expect(refused.status).toBe(403);
  const removed = await call(demoRoute.DELETE, { method: "DELETE", token: admin.token });
  expect(removed.status).toBe(200);
  expect(removed.body).toMatchObject({ people: 9, kept: ["real-one"] });
  for (const table of ["app_user", "project", "cloud", "environment"]) {
    expect(await count(`FROM ${table} WHERE is_demo`), table).toBe(0);
  }
  const belongings = [
    ...[
      "request",
      "plan",
      "run",
      "reservation",
      "incident",
      "backup",
      "charge",
      "usage_record",
      "daily_cost",
    ],
    ...["resource", "environment_secret"],
  ];
  for (const table of belongings) {
    expect(await count(`FROM "${table}" WHERE environment_id NOT IN ('${real}', '${billed}')`), table).toBe(
      0,
    );
  }
  expect(await count("FROM template WHERE name = 'analytics-warehouse'")).toBe(0);
  for (const table of ["approval", "sample", "step", "step_log", "notification"]) {
    expect(await count(`FROM "${table}"`), table).toBe(0);
  }
  // The project that stays keeps its cost center, and that one its two closed months.
  expect(
    await count("FROM statement s JOIN cost_center c ON c.id = s.cost_center_id WHERE c.code = 'DEMO-4100'"),
  ).toBe(2);
  expect(await count("FROM statement")).toBe(2);
  const [kept] = await query<{ owner_id: string; slug: string }>(
    "SELECT e.owner_id, p.slug FROM environment e JOIN project p ON p.id = e.project_id WHERE e.id = $1",
    [real],
  );
  expect(kept).toEqual({ owner_id: admin.id, slug: "storefront" });
  const ended = await query("SELECT owner_id, status::text FROM environment WHERE id = $1", [gone]);
  expect(ended).toEqual([{ owner_id: admin.id, status: "destroyed" }]);
  expect(await count(`FROM usage_record WHERE environment_id = '${billed}'`)).toBe(1);
  expect(await count(`FROM environment WHERE id = '${billed}' AND owner_id = '${admin.id}'`)).toBe(1);
  expect(existsSync(cloudDataDir(demoCloud))).toBe(false);
  expect((await ensureFirstStart(seedDemo)).demo).toBe(false);
});

it("refuses a key that the database was not encrypted with, takes a new one beside it, and another after a word", async () => {
  const setKeys = (...keys: number[]) => {
    process.env.ROSTRUM_KEY = keys.map((n) => Buffer.alloc(32, n).toString("base64")).join(",");
    resetConfig();
  };
  const before = process.env.ROSTRUM_KEY;
  try {
    setKeys(1);
    await acceptKey(cliActor());
    const sealed = seal("kept", "x");
    setKeys(2);
    await expect(ensureFirstStart(seedDemo)).rejects.toThrow(
      /The key in ROSTRUM_KEY .* doesn't match the key of this database/,
    );
    setKeys(2, 1);
    await ensureFirstStart(seedDemo);
    expect(unseal(sealed, "x")).toBe("kept");
    setKeys(1);
    await expect(ensureFirstStart(seedDemo)).rejects.toThrow("doesn't match the key of this database");
    await acceptKey(cliActor());
    await ensureFirstStart(seedDemo);
    expect(await count("FROM audit_event WHERE action = 'key.accept'")).toBe(2);
  } finally {
    if (before === undefined) delete process.env.ROSTRUM_KEY;
    else process.env.ROSTRUM_KEY = before;
    resetConfig();
  }
});

/** An environment, not marked as demo data, that the demo developer made: with a resource in a cloud, or without any. */
async function addUnmarked(name: string, cloud: string | null): Promise<string> {
  const id = newId("environment");
  await insertHistory(
    database.pool,
    `INSERT INTO environment (id, name, project_id, owner_id, template_version_id, status, updated_at)
     SELECT $1, $2, p.id, u.id, v.id, 'running', now() FROM project p, app_user u, template_version v
      WHERE p.slug = 'storefront' AND u.email LIKE 'demo-developer@%'
        AND v.template_id = (SELECT id FROM template WHERE name = 'web-with-postgres') LIMIT 1`,
    [id, name],
  );
  await execute(
    `INSERT INTO resource (id, environment_id, component, cloud_id, kind, external_id, status, desired_digest)
     SELECT $1, $2, 'web', id, 'process', 'x', 'running', '' FROM cloud WHERE name = $3`,
    [newId("resource"), id, cloud],
  );
  return id;
}

async function developerId(): Promise<string> {
  const [row] = await query<{ id: string }>("SELECT id FROM app_user WHERE email LIKE 'demo-developer@%'");
  return row?.id ?? "";
}

async function definePrices(): Promise<void> {
  const book = newId("priceBook");
  await execute(
    "INSERT INTO price_book (id, name, currency, is_default) VALUES ($1, 'Standard', 'EUR', true)",
    [book],
  );
  for (const [meter, unit, price] of [
    ["cpu", "Core-Hours", "0.02"],
    ["memory", "GiB-Hours", "0.004"],
    ["storage", "GiB-Hours", "0.0001"],
  ]) {
    await execute(
      "INSERT INTO price (id, price_book_id, meter, unit, unit_price, valid_from) VALUES ($1, $2, $3, $4, $5, '2020-01-01')",
      [newId("price"), book, meter, unit, price],
    );
  }
}
