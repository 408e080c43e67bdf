import { afterAll, beforeAll, beforeEach } from "vitest";
import type { TestDatabase } from "./database";
import { useTestPortal } from "./portal";

// One project with two environments and prices, and an empty history of what they held before every test of a file.

const gib = 1024 ** 3;
export const day = "2026-03-10";
export const at = (time: string) => `${day}T${time}:00Z`;
export const ms = (time: string) => Date.parse(at(time));
export let database: TestDatabase;

beforeAll(async () => {
  database = await useTestPortal();
  await database.pool.query(`
    INSERT INTO cost_center (id, code, name) VALUES ('cc_1', 'A', 'A'), ('cc_2', 'B', 'B');
    INSERT INTO app_user (id, email, name, updated_at) VALUES ('usr_1', 'one@example.test', 'One', now());
    INSERT INTO project (id, slug, name, cost_center_id, updated_at) VALUES ('prj_1', 'p', 'P', 'cc_1', now());
    INSERT INTO template (id, name, title, updated_at) VALUES ('tpl_1', 't', 'T', now());
    INSERT INTO template_version (id, template_id, version, status, source, manifest, digest)
      VALUES ('tv_1', 'tpl_1', '1.0.0', 'published', '', '{}', 'd');
    INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ('cld_1', 'c', 'C', 'simulated', '{}', now());
    INSERT INTO price_book (id, name, currency, is_default) VALUES ('pb_1', 'Standard', 'EUR', true);
    INSERT INTO price (id, price_book_id, meter, unit, unit_price, valid_from) VALUES
      ('prc_1', 'pb_1', 'cpu', 'Core-Hours', 0.02, '2020-01-01'), ('prc_2', 'pb_1', 'memory', 'GiB-Hours', 0.004, '2020-01-01'),
      ('prc_3', 'pb_1', 'storage', 'GiB-Hours', 0.0001, '2020-01-01');
    INSERT INTO environment (id, name, project_id, owner_id, template_version_id, is_demo, updated_at) VALUES
      ('env_1', 'e', 'prj_1', 'usr_1', 'tv_1', false, now()), ('env_demo', 'd', 'prj_1', 'usr_1', 'tv_1', true, now())`);
});
afterAll(async () => await database.drop());

beforeEach(async () => {
  await database.pool.query(`BEGIN; SET LOCAL rostrum.purge = 'on'; DELETE FROM charge; DELETE FROM usage_record;
    DELETE FROM daily_cost; DELETE FROM metered_hour; DELETE FROM resource_history;
    DELETE FROM price WHERE valid_from > '2026-01-01'; COMMIT`);
});

interface Period {
  from: string;
  to?: string;
  cpu?: number;
  memoryGib?: number;
  storageGib?: number;
  replicas?: number;
  running?: boolean;
  environment?: string;
  center?: string;
  cloud?: string;
}

/** What a resource of the environment held, and for how long. */
export async function held(resource: string, ...periods: Period[]): Promise<void> {
  for (const one of periods) {
    await database.pool.query(
      `INSERT INTO resource_history (resource_id, environment_id, component, cloud_id, running, cpu, memory_bytes,
         storage_bytes, replicas, project_id, cost_center_id, owner_id, template_version_id, valid_from, valid_to)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'prj_1', $10, 'usr_1', 'tv_1', $11, $12)`,
      [
        resource,
        one.environment ?? "env_1",
        resource.replace("res_", ""),
        one.cloud ?? "cld_1",
        one.running ?? true,
        one.cpu ?? 1,
        (one.memoryGib ?? 0) * gib,
        (one.storageGib ?? 0) * gib,
        one.replicas ?? 1,
        one.center ?? "cc_1",
        at(one.from),
        one.to ? at(one.to) : null,
      ],
    );
  }
}
