import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeConnections } from "@/lib/features/clouds";
import { listActivity, listEnvironments } from "@/lib/features/environments";
import { listRequests } from "@/lib/features/requests";
import { requestSorts } from "@/lib/features/requests/schema";
import { listRuns } from "@/lib/features/runs";
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
