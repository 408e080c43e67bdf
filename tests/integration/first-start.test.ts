import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { closeConnections } from "@/lib/features/clouds";
import { hasAdministrator } from "@/lib/features/identity";
import { ensureFirstStart } from "@/lib/features/setup";
import { query } from "@/lib/platform/db";
import { seedDemo } from "@/prisma/seed/seed-demo";
import type { TestDatabase } from "../support/database";
import { useTestPortal } from "../support/portal";
import { until } from "../support/world";

const dataDir = mkdtempSync(join(tmpdir(), "rostrum-first-"));
let database: TestDatabase;

beforeAll(async () => {
  database = await useTestPortal({ DATA_DIR: dataDir, DEMO: "on" });
});
afterAll(async () => {
  await closeConnections();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

it("that was ended half-way is a first start again: demo data is written once, the password is told", async () => {
  const other = await database.pool.connect();
  await other.query("BEGIN");
  await other.query("LOCK TABLE price_book IN ACCESS EXCLUSIVE MODE");
  const ended = ensureFirstStart(seedDemo).catch((error: Error) => error);
  // It waits for the table of prices; then its connections go, as they do when the database is stopped under it.
  const waiting = () =>
    database.pool.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()`,
    );
  await until(waiting, ({ rows }) => rows.length > 0);
  for (const { pid } of (await waiting()).rows)
    await database.pool.query("SELECT pg_terminate_backend($1)", [pid]);
  expect(await ended).toBeInstanceOf(Error);
  await other.query("ROLLBACK");
  other.release();
  expect(await hasAdministrator()).toBe(false);

  const first = await ensureFirstStart(seedDemo);
  expect(first).toMatchObject({ demo: true, adminEmail: "admin@rostrum.local" });
  expect(first.adminPassword?.length).toBeGreaterThan(12);
  const [count] = await query<{ n: number }>("SELECT count(*)::int AS n FROM environment");
  expect(count?.n).toBeGreaterThan(0);

  const second = await ensureFirstStart(seedDemo);
  expect(second).toMatchObject({ demo: true, adminEmail: null, adminPassword: null });
  expect(await query("SELECT count(*)::int AS n FROM environment")).toEqual([count]);
});
