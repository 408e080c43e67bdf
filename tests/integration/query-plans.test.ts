import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { routes } from "@/app/api/v1/routes";
import { countWaitingApprovals, getApprovalCase, listDecided } from "@/lib/features/approvals";
import { getAuditStatus } from "@/lib/features/audit";
import { getProtection } from "@/lib/features/backups";
import { catalogFacets, countReviews } from "@/lib/features/catalog";
import { closableMonths, costItems, listStatementMonths } from "@/lib/features/chargeback";
import { closeConnections, listEnabledHealth } from "@/lib/features/clouds";
import { countEnvironments, environmentFacets } from "@/lib/features/environments";
import { getHome } from "@/lib/features/home";
import { livePosition } from "@/lib/features/live";
import { countUnread } from "@/lib/features/notifications";
import { projectUsage } from "@/lib/features/projects";
import { countRequests, getRequestForm, listCloudOptions, listProjectOptions } from "@/lib/features/requests";
import { countFailedRuns, countListedRuns } from "@/lib/features/runs";
import { ensureFirstStart } from "@/lib/features/setup";
import { listWorkers } from "@/lib/features/workers";
import { AppError } from "@/lib/kernel/errors";
import { findTokenActor } from "@/lib/platform/auth";
import { listOperations } from "@/lib/platform/http/openapi";
import { closeQueues } from "@/lib/platform/queue";
import { seedDemo } from "@/prisma/seed/seed-demo";
import { seedInto } from "@/tests/bench/seed";
import { fullSizes } from "@/tests/bench/seed/sizes";
import type { TestDatabase } from "@/tests/support/database";
import { call, makeToken, type TestPerson, useTestPortal } from "@/tests/support/portal";

/** No list or page of an organization with 10,000 environments reads a whole large table. */

/** Tables with as many rows are large: what reports add up (10,000 environments, 16,000 resources) is not. */
const largeRows = 20_000;
/** What may read a large table as a whole, with the reason. The list may only become shorter. */
const accepted: readonly { asked: RegExp; reason: string }[] = [
  { asked: /\/(requests|runs)\?sort=name/, reason: "the name is the environment's" },
  { asked: /\/requests\?sort=cost/, reason: "the cost is the plan's" },
  { asked: /\/runs\?sort=took/, reason: "the duration is computed" },
];

const dataDir = mkdtempSync(join(tmpdir(), "rostrum-plans-"));
chmodSync(dataDir, 0o755);
let database: TestDatabase;
let owner: pg.Client;
const people: Record<string, TestPerson> = {};
/** By text: the values it was last run with, and what asked for it. */
const seen = new Map<string, { values: unknown[]; by: string }>();
let asking = "";

beforeAll(async () => {
  database = await useTestPortal({ DATA_DIR: dataDir, DEMO: "on", ADMIN_EMAIL: "root@test.example" });
  await ensureFirstStart(seedDemo);
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  await seedInto(owner, fullSizes);
  for (const role of ["admin", "developer", "approver", "finance"]) {
    const { rows } = await owner.query("SELECT id, email FROM app_user WHERE email LIKE $1", [
      `demo-${role}@%`,
    ]);
    people[role] = { ...rows[0], token: await makeToken(rows[0].id, ["admin"]) };
  }
  watchStatements();
}, 300_000);

afterAll(async () => {
  await owner?.end();
  await closeQueues(500);
  await closeConnections();
  await database?.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Notes every statement that this process sends. */
function watchStatements(): void {
  const original = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  function noting(this: pg.Client, ...args: unknown[]): unknown {
    const [config, values] = args as [string | { text: string; values?: unknown[] }, unknown[] | undefined];
    const text = typeof config === "string" ? config : config.text;
    if (/^\s*(select|with)\b/i.test(text) && this !== owner) {
      const given = (typeof config === "string" ? values : config.values) ?? [];
      if (!seen.has(text)) seen.set(text, { values: given, by: asking });
    }
    return original.apply(this, args);
  }
  pg.Client.prototype.query = noting as typeof pg.Client.prototype.query;
}

const first = async (sql: string) => String((await owner.query(sql)).rows[0]?.id ?? "");

/** An object with much history for each kind of id in a path. */
async function subjects(): Promise<Record<string, string>> {
  const environment = await first(
    "SELECT environment_id AS id FROM request GROUP BY 1 ORDER BY count(*) DESC LIMIT 1",
  );
  return {
    environments: environment,
    requests: await first(`SELECT id FROM request WHERE environment_id = '${environment}' LIMIT 1`),
    runs: await first(`SELECT id FROM run WHERE environment_id = '${environment}' LIMIT 1`),
    projects: await first(
      "SELECT project_id AS id FROM environment GROUP BY 1 ORDER BY count(*) DESC LIMIT 1",
    ),
    clouds: await first("SELECT cloud_id AS id FROM resource GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"),
    statements: await first("SELECT id FROM statement LIMIT 1"),
    users: people.developer?.id ?? "",
    templates: "web-with-postgres",
    "price-books": await first("SELECT id FROM price_book LIMIT 1"),
    "cost-centers": await first("SELECT id FROM cost_center LIMIT 1"),
    backups: await first("SELECT id FROM backup LIMIT 1"),
  };
}

const words: Readonly<Record<string, string>> = {
  q: "portal-demo",
  project: "checkout-core",
  template: "web-with-postgres",
  days: "90",
};

/** The query strings to try: none, each parameter alone, and every sort both ways with its second page. */
function queriesOf(schema: z.ZodType | undefined): Record<string, string>[] {
  if (!(schema instanceof z.ZodObject)) return [{}];
  const alone = Object.entries(schema.shape).flatMap(([name, one]) =>
    valuesOf(name, one as z.ZodType).map((value) => ({ [name]: value })),
  );
  const sorted = alone.flatMap((one) =>
    "sort" in one ? ["asc", "desc"].map((direction) => ({ ...one, direction })) : [],
  );
  return [{}, ...alone.filter((one) => !("cursor" in one)), ...sorted];
}

function valuesOf(name: string, schema: z.ZodType): string[] {
  if (words[name]) return [words[name]];
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as { enum?: unknown[] };
  return (json.enum ?? []).map(String);
}

/** Reads and streams that are no list and no page. */
const left = /\/(logs|events|openapi\.json|files|verify|check|contents|orphans|drivers)\b|\/health/;

it("reads no large table as a whole, whatever is listed", async () => {
  const ids = await subjects();
  let answers = 0;
  for (const { path, method, handler } of listOperations(routes)) {
    if (method !== "GET" || left.test(path)) continue;
    const params = paramsOf(path, ids);
    if (!params) continue;
    for (const query of queriesOf(handler.definition.schemas?.query)) {
      for (const [role, { token }] of Object.entries(people)) {
        const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? "");
        asking = `${role} ${address}?${new URLSearchParams(query)}`;
        const answer = await call(handler, { method, path: asking.split(" ")[1] as string, params, token });
        answers += answer.status === 200 ? 1 : 0;
        const cursor = answer.body?.nextCursor;
        if (typeof cursor !== "string") continue;
        const next = { ...query, cursor };
        asking = `${role} ${address}?${new URLSearchParams(next)}`;
        await call(handler, { method, path: asking.split(" ")[1] as string, params, token });
      }
    }
  }
  expect(answers).toBeGreaterThan(300);
  await readPages(ids);
  const large = new Set(
    (
      await owner.query("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= $1", [largeRows])
    ).rows.map((row) => row.relname as string),
  );
  expect([...large]).toEqual(expect.arrayContaining(["request", "run", "charge", "sample"]));
  const whole: string[] = [];
  for (const [text, { values, by }] of seen) {
    const tables = (await wholeReads(text, values)).filter((table) => large.has(table));
    if (tables.length > 0)
      whole.push(`${by}: ${[...new Set(tables)].join(", ")}\n    ${text.trim().slice(0, 1_500)}`);
  }
  console.log(
    `${answers} answers, ${seen.size} statements, ${whole.length} of them read a large table as a whole`,
  );
  expect(whole.filter((one) => !accepted.some(({ asked }) => asked.test(one)))).toEqual([]);
  for (const { asked, reason } of accepted)
    expect(
      whole.some((one) => asked.test(one)),
      `still so: ${reason}`,
    ).toBe(true);
}, 300_000);

/** Null where there is no such object. */
function paramsOf(path: string, ids: Record<string, string>): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (const [, noun = "", name = ""] of path.matchAll(/([\w-]+)\/\{(\w+)\}/g)) {
    const id = ids[noun];
    if (!id) return null;
    params[name] = id;
  }
  return params;
}

/** What pages read beside what the API lists. */
async function readPages(ids: Record<string, string>): Promise<void> {
  const { requests = "", environments = "", projects = "" } = ids;
  for (const [role, { token }] of Object.entries(people)) {
    const actor = await findTokenActor(token, { requestId: "http_plans", ip: "" });
    if (!actor) throw new Error(`${role} has no user.`);
    const reads: Record<string, () => Promise<unknown>> = {
      "/": () => getHome(actor),
      "the frame": () =>
        Promise.all([countWaitingApprovals(actor), countUnread(actor.userId), livePosition()]),
      "/requests/approvals": () => listDecided(actor, 10),
      "/approvals/[id]": () => getApprovalCase(actor, requests),
      "/catalog": () => catalogFacets(),
      "/environments": () => Promise.all([environmentFacets(actor), countEnvironments(actor, {}, 1_001)]),
      "/environments?mine=true": () => countEnvironments(actor, { mine: true }, 1_001),
      "/environments?status=failed": () => countEnvironments(actor, { status: "failed" }, 1_001),
      "/requests": () => countRequests(actor, {}, 1_001),
      "/requests/mine": () => countRequests(actor, { mine: true }, 1_001),
      "/requests?q=portal-demo": () => countRequests(actor, { q: "portal-demo" }, 1_001),
      "/requests?status=failed": () => countRequests(actor, { status: "failed" }, 1_001),
      "/requests/runs": () => countListedRuns(actor, {}, 1_001),
      "/requests/runs?status=failed": () => countListedRuns(actor, { status: "failed" }, 1_001),
      "/catalog/[name]/request": () => Promise.all([listProjectOptions(actor), listCloudOptions()]),
      "/environments/[id]/backups": () => getProtection(actor, environments),
      "/environments/[id]/change": () => getRequestForm(actor, "web-with-postgres"),
      "/admin/projects/[id]": () => projectUsage(actor, projects),
      "/costs/statements": () => Promise.all([closableMonths(), listStatementMonths(actor)]),
      "/admin": () =>
        Promise.all([
          countFailedRuns(actor, { days: 7, most: 100 }),
          listEnabledHealth(),
          countReviews(actor, 100),
        ]),
      "/projects/[id]/costs": () =>
        costItems(actor, { group: "project", key: projects, days: 30, limit: 20 }),
      "/admin/audit": () => getAuditStatus(),
      "/admin/system": () => listWorkers(actor),
    };
    for (const [page, read] of Object.entries(reads)) {
      asking = `${role} ${page}`;
      // Not every role may read every page.
      await read().catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error;
      });
    }
  }
}

/** The tables that a statement reads row by row from the beginning. */
async function wholeReads(text: string, values: readonly unknown[]): Promise<string[]> {
  const { rows } = await owner
    .query({ text: `EXPLAIN (FORMAT JSON) ${text}`, values: [...values] })
    .catch((error: { code?: string }) => {
      // Tables of the queue are in a schema of its own.
      if (error.code !== "42P01") throw error;
      return { rows: [{ "QUERY PLAN": [{ Plan: {} }] }] };
    });
  const tables: string[] = [];
  const visit = (node: Record<string, unknown>): void => {
    if (node["Node Type"] === "Seq Scan") tables.push(String(node["Relation Name"]));
    for (const child of (node.Plans as Record<string, unknown>[] | undefined) ?? []) visit(child);
  };
  visit(rows[0]["QUERY PLAN"][0].Plan);
  return tables;
}
