import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query(`
    INSERT INTO cost_center (id, code, name) VALUES ('cc_1', 'A', 'A'), ('cc_2', 'B', 'B');
    INSERT INTO project (id, slug, name, cost_center_id, updated_at) VALUES ('prj_1', 'p', 'P', 'cc_1', now());
    INSERT INTO app_user (id, email, name, updated_at) VALUES
      ('usr_1', 'one@example.test', 'One', now()), ('usr_2', 'two@example.test', 'Two', now());
    INSERT INTO template (id, name, title, updated_at) VALUES ('tpl_1', 't', 'T', now());
    INSERT INTO template_version (id, template_id, version, status, source, manifest, digest)
      VALUES ('tv_1', 'tpl_1', '1.0.0', 'published', '', '{}', 'd');
    INSERT INTO cloud (id, name, title, driver, updated_at) VALUES ('cld_1', 'c', 'C', 'simulated', now());
    INSERT INTO environment (id, name, project_id, owner_id, template_version_id, updated_at)
      VALUES ('env_1', 'e', 'prj_1', 'usr_1', 'tv_1', now())`);
}, 60_000);

afterAll(async () => database?.drop());

beforeEach(async () => {
  await database.pool.query(`DELETE FROM resource; DELETE FROM resource_history;
    UPDATE project SET cost_center_id = 'cc_1'; UPDATE environment SET owner_id = 'usr_1'`);
});

async function insert(ids: readonly string[]): Promise<void> {
  await database.pool.query(
    `INSERT INTO resource (id, environment_id, component, cloud_id, kind, external_id, status, desired_digest, cpu, memory_bytes)
     SELECT id, 'env_1', id, 'cld_1', 'process', id, 'running', '', 1, 1024 FROM unnest($1::text[]) AS id
     ON CONFLICT (environment_id, component) DO UPDATE SET status = excluded.status`,
    [ids],
  );
}

async function periods(resourceId = "res_1") {
  const { rows } = await database.pool.query(
    `SELECT running, cpu::float8 AS cpu, owner_id AS owner, cost_center_id AS center, valid_to IS NULL AS open,
       valid_from = lag(valid_to) OVER (ORDER BY id) AS joined
     FROM resource_history WHERE resource_id = $1 ORDER BY id`,
    [resourceId],
  );
  return rows;
}

test("a size, a stop and a removal each end a period, without a gap", async () => {
  await insert(["res_1"]);
  await database.pool.query("UPDATE resource SET cpu = 2");
  await database.pool.query("UPDATE resource SET status = 'stopped'");
  await database.pool.query("DELETE FROM resource");
  expect(await periods()).toMatchObject([
    { running: true, cpu: 1, open: false },
    { running: true, cpu: 2, open: false, joined: true },
    { running: false, cpu: 2, open: false, joined: true },
  ]);
});

test("what leaves the held capacity as it is opens no period", async () => {
  await insert(["res_1"]);
  await database.pool.query("UPDATE resource SET health = 'healthy', failures = 3, status = 'failed'");
  await insert(["res_1"]);
  expect(await periods()).toMatchObject([{ open: true }]);
});

test("another owner or cost center pays from then on", async () => {
  await insert(["res_1"]);
  await database.pool.query("UPDATE environment SET owner_id = 'usr_2'");
  await database.pool.query("UPDATE project SET cost_center_id = 'cc_2'");
  expect(await periods()).toMatchObject([
    { owner: "usr_1", center: "cc_1", open: false },
    { owner: "usr_2", center: "cc_1", open: false, joined: true },
    { owner: "usr_2", center: "cc_2", open: true, joined: true },
  ]);
});

test("resources that go with their environment's row end their periods too", async () => {
  await database.pool.query(`INSERT INTO environment (id, name, project_id, owner_id, template_version_id, updated_at)
    VALUES ('env_2', 'f', 'prj_1', 'usr_1', 'tv_1', now())`);
  await insert(["res_1"]);
  await database.pool.query("UPDATE resource SET environment_id = 'env_2'");
  await database.pool.query("DELETE FROM environment WHERE id = 'env_2'");
  expect((await periods()).every((period) => !period.open)).toBe(true);
});

test("a thousand resources in one statement are recorded, each once", async () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => `res_${index}`);
  await insert(ids);
  await database.pool.query("UPDATE resource SET memory_bytes = 2048");
  const { rows } = await database.pool.query(
    "SELECT count(*)::int AS all, count(*) FILTER (WHERE valid_to IS NULL)::int AS open FROM resource_history",
  );
  expect(rows[0]).toEqual({ all: 2_000, open: 1_000 });
});
