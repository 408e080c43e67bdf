import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NextRequest } from "next/server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mayLeadNowhere } from "@/app/(portal)/addresses";
import { closeConnections } from "@/lib/features/clouds";
import { ensureFirstStart } from "@/lib/features/setup";
import { createUser } from "@/lib/features/users";
import { cliActor } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { seedDemo } from "@/prisma/seed/seed-demo";
import { proxy } from "@/proxy";
import { BrowserSession } from "../support/browser-session";
import type { TestDatabase } from "../support/database";
import { useTestPortal } from "../support/portal";

/** Whether a page is there is known before it begins to answer, for every role. */

const dataDir = mkdtempSync(join(tmpdir(), "rostrum-addresses-"));
// Open to others, so that the machine cloud finds no reason to live elsewhere.
chmodSync(dataDir, 0o755);
let database: TestDatabase;

beforeAll(async () => {
  database = await useTestPortal({ DATA_DIR: dataDir, DEMO: "on", ADMIN_EMAIL: "root@test.example" });
  await ensureFirstStart(seedDemo);
  await query(
    `INSERT INTO statement (id, cost_center_id, month, currency, total, digest, lines)
     SELECT 'stm_1', cost_center_id, '2020-01-01', 'EUR', 0, 'none', '[]' FROM project WHERE slug = 'storefront'`,
  );
});
afterAll(async () => {
  await closeConnections();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const roles = ["developer", "approver", "finance", "auditor", "admin"] as const;
type Role = (typeof roles)[number] | "stranger";

async function signIn(role: Role): Promise<BrowserSession> {
  const browser = new BrowserSession("http://localhost:3000", "127.0.0.1");
  if (role !== "stranger") {
    await browser.openDemoLink();
    expect(await browser.signIn("demo", { role }), role).toBeNull();
    return browser;
  }
  const person = { email: "stranger@test.example", name: "stranger", password: "a long enough password" };
  await createUser(cliActor(), { ...person, orgRole: null });
  expect(await browser.signIn("credentials", person)).toBeNull();
  return browser;
}

/** Whether the URL goes on to its page; else it is rewritten to the one that says why, with the status of the reason. */
async function leads(browser: BrowserSession, path: string, headers: Record<string, string> = {}) {
  const request = new NextRequest(`http://localhost:3000${path}`, {
    headers: { host: "localhost:3000", cookie: browser.cookieHeader, ...headers },
  });
  const response = await proxy(request);
  if (response.headers.get("x-middleware-next") === "1") return true;
  const reason = response.status === 403 ? "forbidden" : "missing";
  expect(response.status, path).toBe(reason === "forbidden" ? 403 : 404);
  expect(response.headers.get("x-middleware-rewrite"), path).toBe(
    `http://localhost:3000/nowhere/${reason}?address=${encodeURIComponent(path)}`,
  );
  return false;
}

it("knows every page of which one object decides whether it is there", () => {
  const pages = readdirSync("app/(portal)", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("/page.tsx") && file.includes("["))
    .map((file) =>
      `/${file.replace(/\/page\.tsx$/, "")}`.replace(/\/\([^)]*\)/g, "").replace(/\[\w+\]/g, "some"),
    );
  expect(pages.length).toBeGreaterThan(20);
  expect(pages.filter((page) => !mayLeadNowhere(page))).toEqual([]);
});

/** One project's things, of which the demo developer and approver are members. */
async function subjects() {
  const [row] = await query<Record<string, string>>(
    `SELECT e.id AS environment, q.id AS request, r.id AS run, p.id AS project, p.slug,
            (SELECT id FROM cloud LIMIT 1) AS cloud,
            (SELECT v.version FROM template t JOIN template_version v ON v.template_id = t.id
              WHERE t.name = 'web-with-postgres' LIMIT 1) AS version
       FROM project p JOIN environment e ON e.project_id = p.id JOIN request q ON q.environment_id = e.id
       JOIN run r ON r.request_id = q.id
      WHERE p.slug = 'storefront' LIMIT 1`,
  );
  if (!row) throw new Error("The demo data lacks something.");
  return row;
}

it("lets each role to what is there for it, and no one to anything else", async () => {
  const s = await subjects();
  await query(
    `DELETE FROM template_file WHERE path = 'README.md' AND version_id IN
       (SELECT v.id FROM template_version v JOIN template t ON t.id = v.template_id WHERE t.name = 'static-site')`,
  );
  const everybody: Role[] = [...roles, "stranger"];
  const members: Role[] = ["developer", "approver", "auditor", "admin"];
  const readers: Role[] = ["auditor", "admin"];
  const expected: [path: string, who: Role[]][] = [
    ["/catalog/web-with-postgres", everybody],
    ["/catalog/web-with-postgres/request", everybody],
    ["/catalog/web-with-postgres/readme", everybody],
    ["/catalog/static-site/readme", []],
    ["/guides/using-the-api", everybody],
    ["/guides/none", []],
    [`/environments/${s.environment}`, members],
    [`/environments/${s.environment}/logs`, members],
    [`/environments/${s.environment}/change`, members],
    [`/requests/${s.request}`, members],
    [`/approvals/${s.request}`, members],
    [`/runs/${s.run}`, members],
    // The approver owns the cost center.
    ["/costs/statements/stm_1", [...readers, "finance", "approver"]],
    ["/projects", everybody],
    [`/projects/${s.project}`, [...members, "finance"]],
    [`/projects/${s.slug}/members`, [...members, "finance"]],
    ["/projects/none", []],
    ["/admin", readers],
    ["/admin/templates", readers],
    [`/admin/templates/web-with-postgres/${s.version}`, readers],
    ["/admin/templates/new", ["admin"]],
    ["/admin/clouds", readers],
    [`/admin/clouds/${s.cloud}`, readers],
    ["/admin/clouds/new", ["admin"]],
    ["/admin/policies", readers],
    ["/admin/users", readers],
    ["/admin/settings", readers],
    ["/admin/system", readers],
    ["/admin/audit", readers],
    ["/costs/prices", [...readers, "finance"]],
    ["/insights/capacity", readers],
    ["/requests/approvals", everybody],
    ["/requests/mine", everybody],
    ["/requests/runs", everybody],
    ["/admin/projects", [...readers, "finance"]],
    [`/admin/projects/${s.project}`, [...readers, "finance"]],
    [`/admin/projects/${s.slug}`, [...readers, "finance"]],
    ["/environments/env_none", []],
    ["/environments/env_none/settings", []],
    ["/requests/req_none", []],
    ["/approvals/req_none", []],
    ["/runs/run_none", []],
    ["/costs/statements/stm_none", []],
    ["/catalog/none", []],
    ["/admin/clouds/cld_none", []],
    ["/admin/projects/none", []],
    ["/admin/templates/web-with-postgres/99.0.0", []],
  ];
  for (const role of everybody) {
    const browser = await signIn(role);
    for (const [path, who] of expected) {
      expect(await leads(browser, path), `${role} at ${path}`).toBe(who.includes(role));
    }
  }
  const turnedAway = await query<{ role: string | null }>(
    `SELECT u.org_role::text AS role FROM audit_event a JOIN app_user u ON u.id = a.actor_id
      WHERE a.action = 'page.open' AND a.object_id = '/costs/prices' AND a.outcome = 'denied'`,
  );
  const refusals = await query<{ path: string; people: number }>(
    `SELECT detail->>'path' AS path, count(DISTINCT actor_id)::int AS people FROM audit_event
      WHERE outcome = 'denied' GROUP BY 1`,
  );
  const recorded = new Map(refusals.map(({ path, people }) => [path, people]));
  for (const [path, who] of expected) {
    expect(recorded.get(path) ?? 0, `refusals of ${path} in the audit log`).toBe(
      everybody.length - who.length,
    );
  }
  // Developer, approver and stranger: none of them has a role in the organization.
  expect(turnedAway).toEqual([{ role: null }, { role: null }, { role: null }]);
});

it("leaves a template with drafts alone to those who review it", async () => {
  const [template] = await query<{ id: string }>("SELECT id FROM template WHERE name = 'cache'");
  await query("UPDATE template_version SET status = 'deprecated' WHERE template_id = $1", [template?.id]);
  expect(await leads(await signIn("developer"), "/catalog/cache"), "a deprecated version is shown").toBe(
    true,
  );
  await query(
    `INSERT INTO template (id, name, title, updated_at) VALUES ('tpl_draft', 'only-a-draft', 'Draft', now())`,
  );
  await query(
    `INSERT INTO template_version (id, template_id, version, status, source, manifest, digest)
     SELECT 'tpv_draft', 'tpl_draft', '1.0.0', 'draft', source, manifest, 'none' FROM template_version LIMIT 1`,
  );
  for (const [role, there] of [
    ["developer", false],
    ["auditor", true],
  ] as const) {
    expect(await leads(await signIn(role), "/catalog/only-a-draft"), role).toBe(there);
  }
});

it("asks for no one who is not signed in, and not for what the portal fetches itself", async () => {
  expect(await leads(new BrowserSession(), "/admin/users"), "the page sends them to sign in").toBe(true);
  const developer = await signIn("developer");
  expect(await leads(developer, "/admin/users", { "sec-fetch-dest": "document" })).toBe(false);
  expect(await leads(developer, "/admin/users", { "sec-fetch-dest": "empty" })).toBe(true);
});
