import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseManifest } from "@/lib/engine/template";
import { deleteCloudRow } from "@/lib/features/clouds";
import { lockEnvironment } from "@/lib/features/environments";
import { lockProject } from "@/lib/features/projects";
import { lockPending } from "@/lib/features/requests/store";
import { lockAdministrators } from "@/lib/features/users/store";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { migrate } from "@/lib/platform/db/migrate";
import { createEmptyDatabase, type TestDatabase } from "@/tests/support/database";
import { dangling, scene } from "@/tests/support/foreign-key-rows";
import { useTestPortal } from "@/tests/support/portal";
import { insertHistory } from "@/tests/support/put-status";
import { withoutForeignKey } from "@/tests/support/without-foreign-key";

/** How many columns may stand in the list; only ever lowered. */
const mostWithout = 48;
const refused = { code: "23503" };

let database: TestDatabase;
const sql = async (text: string) => (await database.pool.query(text)).rows;
beforeAll(async () => {
  database = await useTestPortal();
  await insertHistory(database.pool, scene);
});
afterAll(async () => await database.drop());

describe("every column that holds an id", () => {
  it("has a foreign key, or a reason for having none", async () => {
    const { rows } = await database.pool.query<{ name: string; keys: string[] }>(
      `SELECT c.relname || '.' || a.attname AS name,
         ARRAY(SELECT k.conname::text FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid = c.oid AND a.attnum = ANY(k.conkey)
                 AND k.convalidated) AS keys
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attname ~ '_ids?$'
       ORDER BY 1`,
    );
    const without = rows.filter((row) => row.keys.length === 0).map((row) => row.name);
    expect(without).toEqual(Object.keys(withoutForeignKey).sort());
    expect(without.length).toBeLessThanOrEqual(mostWithout);
  });

  it("is found by an index where what it names can be deleted, or stands in a small table", async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      `SELECT c.relname || '.' || a.attname AS name FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
       WHERE k.contype = 'f' AND c.relnamespace = 'public'::regnamespace
         AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum) ORDER BY 1`,
    );
    expect(rows.map((row) => row.name)).toEqual([
      "cloud.price_book_id",
      "cost_center.owner_id",
      "ignored_orphan.ignored_by_id",
      "project.cost_center_id",
      "template_version.author_id",
      "template_version.reviewer_id",
      "upload.owner_id",
      "webhook.created_by_id",
    ]);
  });
});

describe("a row that others name", () => {
  it("has to be there", async () => {
    const environment = (owner: string, version: string) =>
      sql(`INSERT INTO environment (id, name, project_id, owner_id, template_version_id, updated_at)
             VALUES ('env_new', 'n', 'prj', '${owner}', '${version}', now())`);
    await expect(environment("usr_none", "tv")).rejects.toMatchObject(refused);
    await expect(environment("usr_owner", "tv_none")).rejects.toMatchObject(refused);
    await expect(sql("UPDATE resource SET cloud_id = 'cld_none'")).rejects.toMatchObject(refused);
    await expect(
      sql("INSERT INTO run (id, environment_id, kind) VALUES ('run_new', 'env_none', 'create')"),
    ).rejects.toMatchObject(refused);
  });

  it("stays while something cannot be without it", async () => {
    for (const named of [
      "cloud WHERE id = 'cld'",
      "app_user WHERE id = 'usr_owner'",
      "project",
      "environment",
    ])
      await expect(sql(`DELETE FROM ${named}`), named).rejects.toMatchObject({
        code: expect.stringMatching(/^(23001|23503)$/),
      });
    const purge = (rows: string) =>
      database.pool
        .query(`BEGIN; SET LOCAL rostrum.purge = 'on'; DELETE FROM ${rows}; COMMIT`)
        .catch(async (error) => {
          await database.pool.query("ROLLBACK");
          throw error;
        });
    for (const named of ["template_version", "plan", "request"])
      await expect(purge(named), named).rejects.toMatchObject({
        code: expect.stringMatching(/^(23001|23503)$/),
      });
  });

  it("takes its parts with it", async () => {
    await inTransaction((tx) => deleteCloudRow(tx, "cld_empty"));
    expect(await sql("SELECT cloud_id FROM ignored_orphan")).toEqual([{ cloud_id: "cld" }]);
  });

  it("is no longer named once it is removed, and what is its own goes", async () => {
    await sql("DELETE FROM app_user WHERE id = 'usr_gone'");
    const [names] = await sql(`SELECT
      (SELECT owner_id FROM cost_center) AS center, (SELECT author_id FROM template_version) AS author,
      (SELECT reviewer_id FROM template_version) AS reviewer, (SELECT ignored_by_id FROM ignored_orphan) AS ignored,
      (SELECT requester_id FROM request) AS requester, (SELECT cancelled_by_id FROM run) AS cancelled,
      (SELECT created_by_id FROM backup) AS backup, (SELECT created_by_id FROM webhook) AS webhook`);
    expect(new Set(Object.values(names))).toEqual(new Set([null]));
    expect(await sql("SELECT 1 FROM notification")).toEqual([]);
    expect(await sql("SELECT 1 FROM idempotency_record")).toEqual([]);
    // Append-only: it says who it was, for good.
    expect(await sql("SELECT approver_id FROM approval")).toEqual([{ approver_id: "usr_gone" }]);
  });
});

describe("a lock that makes writers wait for each other", () => {
  const locks: [string, (tx: Tx) => Promise<unknown>, string][] = [
    [
      "project",
      (tx) => lockProject(tx, "prj"),
      "INSERT INTO budget_alert (project_id, month, percent) VALUES ('prj', '2026-01-01', 80)",
    ],
    [
      "environment",
      (tx) => lockEnvironment(tx, "env"),
      "INSERT INTO incident (id, environment_id, component, kind, summary) VALUES ('inc_2', 'env', 'db', 'down', '')",
    ],
    [
      "request",
      (tx) => lockPending(tx, "req"),
      "INSERT INTO backup (id, environment_id, request_id) VALUES ('bak_2', 'env', 'req')",
    ],
    [
      "administrators",
      lockAdministrators,
      "INSERT INTO notification (id, user_id, kind, title) VALUES ('ntf_2', 'usr_admin', 'x', 'x')",
    ],
  ];
  it.each(locks)("of the %s leaves room for rows that name it", async (_name, lock, insert) => {
    await sql(`INSERT INTO app_user (id, email, name, org_role, updated_at)
      VALUES ('usr_admin', 'admin@example.test', 'Admin', 'admin', now()) ON CONFLICT DO NOTHING`);
    const other = await database.pool.connect();
    try {
      await other.query("SET lock_timeout = '2s'");
      await inTransaction(async (tx) => {
        await lock(tx);
        await other.query(insert);
      });
    } finally {
      other.release(true);
    }
  });
});

describe("the migration", () => {
  const folder = join(process.cwd(), "prisma/migrations");
  const names = readdirSync(folder)
    .filter((name) => /^\d/.test(name))
    .sort();
  const before = mkdtempSync(join(tmpdir(), "rostrum-migrations-"));
  afterAll(() => rmSync(before, { recursive: true, force: true }));

  it("mends what names something that is gone, and loses no environment", async () => {
    const own = names.findIndex((name) => name.endsWith("_foreign_keys"));
    for (const name of names.slice(0, own))
      cpSync(join(folder, name), join(before, name), { recursive: true });
    const old = await createEmptyDatabase();
    await migrate({ url: old.url, folder: before });
    await old.pool.query(scene);
    await old.pool.query(dangling);
    expect(await migrate({ url: old.url })).toEqual(names.slice(own));
    const rows = async (text: string) => (await old.pool.query(text)).rows;

    // What is whole is as it was.
    expect(
      await rows("SELECT requester_id, project_id, plan_id, run_id FROM request WHERE id = 'req'"),
    ).toEqual([{ requester_id: "usr_gone", project_id: "prj", plan_id: "pln", run_id: "run" }]);
    expect(await rows("SELECT count(*)::int AS n FROM approval WHERE id = 'apr'")).toEqual([{ n: 1 }]);

    // What an environment, a resource or a plan cannot be without has a placeholder.
    const [environment] = await rows(
      "SELECT owner_id, template_version_id, failed_run_id FROM environment WHERE id = 'env_lost'",
    );
    expect(environment).toEqual({
      owner_id: "usr_lost",
      template_version_id: "tv_lost",
      failed_run_id: null,
    });
    expect(
      await rows("SELECT name, disabled_at IS NOT NULL AS disabled FROM app_user WHERE id = 'usr_lost'"),
    ).toEqual([{ name: "Removed user", disabled: true }]);
    expect(await rows("SELECT title, enabled FROM cloud WHERE id = 'cld_lost'")).toEqual([
      { title: "Removed cloud", enabled: false },
    ]);
    const versions = await rows(
      "SELECT id, version, status::text, manifest FROM template_version WHERE template_id = 'tpl_removed' ORDER BY id",
    );
    expect(versions.map(({ id, version, status }) => [id, version, status])).toEqual([
      ["tv_lost", "0.0.1", "retired"],
      ["tv_lost_too", "0.0.2", "retired"],
    ]);
    for (const { manifest } of versions)
      expect(parseManifest(JSON.stringify(manifest))).toMatchObject({ ok: true });

    // What is told of a project is told of the environment's.
    expect(
      await rows("SELECT requester_id, project_id, plan_id, run_id FROM request WHERE id = 'req_lost'"),
    ).toEqual([{ requester_id: "usr_lost", project_id: "prj", plan_id: null, run_id: null }]);
    expect(await rows("SELECT project_id FROM reservation WHERE id = 'rsv_lost'")).toEqual([
      { project_id: "prj" },
    ]);
    expect(await rows("SELECT request_id, plan_id FROM run WHERE id = 'run_kept'")).toEqual([
      { request_id: null, plan_id: null },
    ]);
    expect(await rows("SELECT request_id FROM upload_use")).toEqual([{ request_id: "req_lost" }]);
    expect(await rows("SELECT DISTINCT price_book_id FROM cloud")).toEqual([{ price_book_id: null }]);

    // What nothing shows is gone.
    for (const table of ["request", "plan", "reservation", "run", "backup", "incident"])
      expect(await rows(`SELECT id FROM ${table} WHERE environment_id = 'env_none'`), table).toEqual([]);
    for (const part of ["backup_part", "step"]) expect(await rows(`SELECT 1 FROM ${part}`), part).toEqual([]);
    expect(await rows("SELECT id FROM approval")).toEqual([{ id: "apr" }]);
    expect(await rows("SELECT cloud_id FROM ignored_orphan WHERE cloud_id = 'cld_none'")).toEqual([]);
    await old.drop();
  });
});
