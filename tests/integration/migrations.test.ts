import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { listPendingMigrations, migrate } from "@/lib/platform/db/migrate";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "@/tests/support/database";

const folder = join(process.cwd(), "prisma/migrations");
const names = readdirSync(folder)
  .filter((name) => /^\d/.test(name))
  .sort();
const scratch = mkdtempSync(join(tmpdir(), "rostrum-migrations-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A folder with the first so many migrations. */
function firstOnes(count: number): string {
  const to = join(scratch, `first-${count}`);
  for (const name of names.slice(0, count)) cpSync(join(folder, name), join(to, name), { recursive: true });
  return to;
}

function ownFolder(name: string, scripts: Record<string, string>): string {
  for (const [script, sql] of Object.entries(scripts)) {
    mkdirSync(join(scratch, name, script), { recursive: true });
    writeFileSync(join(scratch, name, script, "migration.sql"), sql);
  }
  return join(scratch, name);
}

/** Tables, columns, indexes, constraints, triggers and functions, as text. */
async function schemaOf(database: TestDatabase): Promise<string[]> {
  const { rows } = await database.pool.query<{ line: string }>(
    `SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
              || ' ' || coalesce(column_default, '') AS line
       FROM information_schema.columns WHERE table_schema = 'public'
     UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
     UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
       WHERE connamespace = 'public'::regnamespace
     UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
     UNION ALL SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc
       WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
     ORDER BY 1`,
  );
  return rows.map((row) => row.line);
}

async function appliedOf(database: TestDatabase): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT migration_name AS name FROM _prisma_migrations
      WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1`,
  );
  return rows.map((row) => row.name);
}

async function startChild(url: string): Promise<ChildProcess> {
  const child = fork(join(process.cwd(), "tests/support/migrate-child.ts"), [url], {
    execArgv: ["--import", "tsx"],
  });
  await once(child, "message");
  return child;
}

/** Lets a child migrate and kills it: once so many migrations are applied, and a few milliseconds more. */
async function killAt(child: ChildProcess, database: TestDatabase, count: number): Promise<void> {
  const ended = once(child, "exit");
  child.send("go");
  while (child.exitCode === null && (await appliedOf(database)).length < count) await sleep(1);
  await sleep(Math.random() * 20);
  child.kill("SIGKILL");
  await ended;
}

const writeKept = (database: TestDatabase) =>
  database.pool.query(
    "INSERT INTO audit_event (id, actor_label, action, object_type, object_id) VALUES ('kept', 'x', 'x', 'x', 'x')",
  );

describe("migrations", () => {
  it("continue after kill -9 at any moment, and lose nothing", async () => {
    const expected = await createTestDatabase();
    const whole = await schemaOf(expected);
    await expected.drop();
    const cutAt: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const database = await createEmptyDatabase();
      await migrate({ url: database.url, folder: firstOnes(3) });
      await writeKept(database);
      // Every second round is killed twice.
      for (let kills = 0; kills <= round % 2; kills += 1) {
        const least = (await appliedOf(database)).length;
        const count = least + Math.floor(Math.random() * (names.length - least));
        await killAt(await startChild(database.url), database, count);
        cutAt.push((await appliedOf(database)).length);
      }
      await migrate({ url: database.url });
      expect(await appliedOf(database)).toEqual(names);
      expect(await schemaOf(database)).toEqual(whole);
      const kept = await database.pool.query("SELECT id FROM audit_event");
      expect(kept.rows).toEqual([{ id: "kept" }]);
      await database.drop();
    }
    // The kills have to have met the migrations, else nothing was tried.
    expect(cutAt.some((count) => count > 3 && count < names.length)).toBe(true);
  }, 400_000);

  it("are applied once by processes that start together", async () => {
    const database = await createEmptyDatabase();
    const children = await Promise.all([1, 2, 3].map(() => startChild(database.url)));
    const answers = children.map((child) => once(child, "message"));
    for (const child of children) child.send("go");
    const applied = (await Promise.all(answers)).flatMap(
      ([message]) => (message as { applied: string[] }).applied,
    );
    expect(applied.sort()).toEqual(names);
    expect(await appliedOf(database)).toEqual(names);
    await database.drop();
  });

  it("wait for a process that migrates", async () => {
    const database = await createEmptyDatabase();
    const slow = ownFolder("slow", { "1_slow": "SELECT pg_sleep(1); CREATE TABLE made (n int);" });
    const [first, second] = await Promise.all([
      migrate({ url: database.url, folder: slow }),
      migrate({ url: database.url, folder: slow }),
    ]);
    expect([...first, ...second]).toEqual(["1_slow"]);
    await database.drop();
  });

  it("that an earlier version left half-written are finished, whether their script was run or not", async () => {
    const expected = await createTestDatabase();
    const whole = await schemaOf(expected);
    await expected.drop();
    const database = await createEmptyDatabase();
    for (const [index, name] of names.entries()) {
      const upTo = firstOnes(index + 1);
      if (index > 0) {
        // Killed before the script: its row is all there is.
        await database.pool.query(
          `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES (gen_random_uuid(), 'x', $1)`,
          [name],
        );
      }
      await migrate({ url: database.url, folder: upTo });
      if (index === 2) await writeKept(database);
      // Killed after the script: the end of its row is missing.
      await database.pool.query(
        "UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = $1",
        [name],
      );
      await migrate({ url: database.url, folder: upTo });
    }
    expect(await appliedOf(database)).toEqual(names);
    expect(await schemaOf(database)).toEqual(whole);
    expect((await database.pool.query("SELECT id FROM audit_event")).rows).toEqual([{ id: "kept" }]);
    await database.drop();
  });

  it("that fail leave nothing, say why, and continue once the cause is gone", async () => {
    const database = await createEmptyDatabase();
    const broken = ownFolder("broken", {
      "1_good": "CREATE TABLE good (n int);",
      "2_bad": "CREATE TABLE half (n int); INSERT INTO missing VALUES (1);",
    });
    await expect(migrate({ url: database.url, folder: broken })).rejects.toThrow(
      /Migration 2_bad failed and was rolled back: relation "missing" does not exist/,
    );
    expect(await listPendingMigrations({ url: database.url, folder: broken })).toEqual(["2_bad"]);
    await database.pool.query("CREATE TABLE missing (n int)");
    expect(await migrate({ url: database.url, folder: broken })).toEqual(["2_bad"]);
    await database.drop();
  });

  it("refuse a script that ends its own transaction", async () => {
    const database = await createEmptyDatabase();
    const ends = ownFolder("ends", {
      "1_ends": "CREATE TABLE one (n int); COMMIT; CREATE TABLE two (n int);",
    });
    await expect(migrate({ url: database.url, folder: ends })).rejects.toThrow(/ends its own transaction/);
    await database.drop();
  });

  it("work for a role whose statements are limited", async () => {
    const database = await createEmptyDatabase();
    const url = new URL(database.url);
    url.searchParams.set("options", "-c statement_timeout=300");
    const slow = ownFolder("limited", { "1_slow": "SELECT pg_sleep(0.6); CREATE TABLE made (n int);" });
    expect(await migrate({ url: url.href, folder: slow })).toEqual(["1_slow"]);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    expect((await client.query("SELECT to_regclass('made') IS NOT NULL AS made")).rows).toEqual([
      { made: true },
    ]);
    await client.end();
    await database.drop();
  });
});
