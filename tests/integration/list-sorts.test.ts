import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeConnections } from "@/lib/features/clouds";
import { countEnvironments, listActivity, listEnvironments } from "@/lib/features/environments";
import { countRequests, listRequests } from "@/lib/features/requests";
import { requestSorts } from "@/lib/features/requests/schema";
import { countListedRuns, listRuns } from "@/lib/features/runs";
import { runSorts } from "@/lib/features/runs/schema";
import { searchEverything } from "@/lib/features/search";
import { ensureFirstStart } from "@/lib/features/setup";
import { cliActor } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { encodeCursor } from "@/lib/platform/http/page";
import { seedDemo } from "@/prisma/seed/seed-demo";
import type { TestDatabase } from "../support/database";
import { useTestPortal } from "../support/portal";

const dataDir = mkdtempSync(join(tmpdir(), "rostrum-sorts-"));
// Open to others, so that the machine cloud finds no reason to live elsewhere.
chmodSync(dataDir, 0o755);
let database: TestDatabase;

beforeAll(async () => {
  database = await useTestPortal({ DATA_DIR: dataDir, DEMO: "on", ADMIN_EMAIL: "root@test.example" });
  await ensureFirstStart(seedDemo);
});
afterAll(async () => {
  await closeConnections();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

type Pages = (cursor?: string) => Promise<{ items: { id: string }[]; nextCursor: string | null }>;

/** Every id of a list, page by page. */
async function allIds(read: Pages): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 100; page += 1) {
    const { items, nextCursor } = await read(cursor);
    ids.push(...items.map((one) => one.id));
    if (!nextCursor) return ids;
    cursor = nextCursor;
  }
  throw new Error("The list has no end");
}

const directions = ["asc", "desc"] as const;

describe.each(directions)("sorted %s, in pages of seven", (direction) => {
  it.each(requestSorts)("requests by %s come once each", async (sort) => {
    const read: Pages = (cursor) => listRequests(cliActor(), { sort, direction, cursor, limit: 7 });
    const ids = await allIds(read);
    const [all] = await query<{ n: number }>("SELECT count(*)::int AS n FROM request");
    expect(ids).toHaveLength(all?.n ?? -1);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(runSorts)("runs by %s come once each", async (sort) => {
    const read: Pages = (cursor) => listRuns(cliActor(), { sort, direction, cursor, limit: 7 });
    const ids = await allIds(read);
    const [all] = await query<{ n: number }>("SELECT count(*)::int AS n FROM run");
    expect(ids).toHaveLength(all?.n ?? -1);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("a list's count", () => {
  const most = 1_000;

  it("is the number of rows that its pages show, under the same filters", async () => {
    const actor = cliActor();
    const [running, pending, failed] = await Promise.all([
      allIds((cursor) => listEnvironments(actor, { status: "running", q: "e", cursor, limit: 7 })),
      allIds((cursor) => listRequests(actor, { kind: "create", q: "e", cursor, limit: 7 })),
      allIds((cursor) => listRuns(actor, { kind: "create", days: 30, cursor, limit: 7 })),
    ]);
    expect(Math.min(running.length, pending.length, failed.length)).toBeGreaterThan(7);
    expect(await countEnvironments(actor, { status: "running", q: "e" }, most)).toBe(running.length);
    expect(await countRequests(actor, { kind: "create", q: "e" }, most)).toBe(pending.length);
    expect(await countListedRuns(actor, { kind: "create", days: 30 }, most)).toBe(failed.length);
  });

  it("stops where it is told to", async () => {
    expect(await countEnvironments(cliActor(), {}, 3)).toBe(3);
    expect(await countRequests(cliActor(), {}, 3)).toBe(3);
    expect(await countListedRuns(cliActor(), {}, 3)).toBe(3);
  });

  it("counts only what the actor may see", async () => {
    const [demo] = await query<{ id: string; project: string }>(
      `SELECT user_id AS id, min(project_id) AS project FROM project_member GROUP BY user_id
       HAVING count(*) = 1 ORDER BY user_id LIMIT 1`,
    );
    if (!demo) throw new Error("The demo data has no user with one project.");
    const actor = {
      ...cliActor(),
      unlimited: false,
      projects: new Map([[demo.project, "developer" as const]]),
    };
    const [rows] = await query<{ n: number }>(
      "SELECT count(*)::int AS n FROM environment WHERE project_id = $1 AND destroyed_at IS NULL",
      [demo.project],
    );
    expect(rows?.n).toBeGreaterThan(0);
    expect(await countEnvironments(actor, {}, most)).toBe(rows?.n);
    expect(await countEnvironments(actor, {}, most)).toBeLessThan(
      await countEnvironments(cliActor(), {}, most),
    );
  });
});

it("puts the dearest request first, and what has no price last", async () => {
  const { items } = await listRequests(cliActor(), { sort: "cost", limit: 200 });
  const costs = items.map((one) => (one.monthly === null ? -1 : Number(one.monthly)));
  expect(costs).toEqual([...costs].sort((left, right) => right - left));
});

it("refuses a cursor of another order", async () => {
  const cursor = encodeCursor({ key: "checkout", id: "req_1" });
  await expect(listRequests(cliActor(), { sort: "cost", cursor, limit: 5 })).rejects.toMatchObject({
    code: "validation_failed",
  });
  await expect(listRuns(cliActor(), { sort: "took", cursor, limit: 5 })).rejects.toMatchObject({
    code: "validation_failed",
  });
});

it("finds what happened by kind and by words", async () => {
  const [environment] = await query<{ id: string }>("SELECT environment_id AS id FROM backup LIMIT 1");
  const id = environment?.id ?? "";
  const backups = await listActivity(cliActor(), id, 200, { kind: "backup" });
  expect(backups.length).toBeGreaterThan(0);
  expect(backups.every((one) => one.kind === "backup")).toBe(true);
  expect(await listActivity(cliActor(), id, 200, { q: "CREATE" })).toEqual(
    expect.arrayContaining([expect.objectContaining({ title: "Created" })]),
  );
  expect(await listActivity(cliActor(), id, 200, { q: "%" })).toEqual([]);
});

it("finds names however they are typed, and they are kept in small letters", async () => {
  const [environment] = await query<{ id: string; name: string }>(
    "SELECT id, name FROM environment WHERE destroyed_at IS NULL ORDER BY id LIMIT 1",
  );
  if (!environment) throw new Error("The demo data has no environment.");
  const loud = environment.name.toUpperCase();
  expect(loud).not.toBe(environment.name);
  const environments = await listEnvironments(cliActor(), { q: loud, limit: 50 });
  expect(environments.items.map((one) => one.id)).toContain(environment.id);
  const requests = await listRequests(cliActor(), { q: loud, limit: 50 });
  expect(requests.items.map((one) => one.environmentId)).toContain(environment.id);
  const hits = await searchEverything(cliActor(), loud);
  expect(hits.map((one) => one.title)).toContain(environment.name);
  await expect(
    query("UPDATE environment SET name = $2 WHERE id = $1", [environment.id, loud]),
  ).rejects.toMatchObject({ constraint: "environment_name_small_letters" });
});
