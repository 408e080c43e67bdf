import { Decimal } from "decimal.js";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  closableMonths,
  closeMonth,
  costItems,
  costOverview,
  costSoFar,
  costsSoFar,
  getStatement,
  listStatements,
  usageOfDay,
} from "@/lib/features/chargeback";
import { meteringTick } from "@/lib/features/metering";
import { type Actor, systemActor } from "@/lib/platform/auth";
import type { TestDatabase } from "../support/database";
import { useTestPortal } from "../support/portal";

const gib = 1024 ** 3;
const day = "2026-03-10";
const at = (time: string) => `${day}T${time}:00Z`;
const ms = (time: string) => Date.parse(at(time));
let database: TestDatabase;

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

async function held(resource: string, ...periods: Period[]): Promise<void> {
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

async function usage() {
  const { rows } = await database.pool.query(
    `SELECT to_char(u.hour AT TIME ZONE 'UTC', 'HH24') AS hour, u.component, u.meter, u.quantity::float8 AS quantity,
       c.amount::float8 AS amount, c.price_id AS price, u.cost_center_id AS center
       FROM usage_record u LEFT JOIN charge c ON c.usage_record_id = u.id ORDER BY u.hour, u.component, u.meter`,
  );
  return rows;
}

async function sums() {
  const { rows } = await database.pool.query(
    "SELECT (SELECT sum(amount)::text FROM charge) AS charges, (SELECT sum(amount)::text FROM daily_cost) AS days",
  );
  return rows[0];
}

describe("metering", () => {
  test("what lived for minutes, was resized, stopped or removed is metered exactly", async () => {
    await held("res_brief", { from: "08:10", to: "08:13", cpu: 2 });
    await held(
      "res_web",
      { from: "08:00", to: "08:15", cpu: 1, replicas: 2, storageGib: 10 },
      { from: "08:15", to: "08:45", cpu: 4, storageGib: 10 },
      { from: "08:45", to: "09:30", cpu: 4, storageGib: 10, running: false },
    );
    expect(await meteringTick(ms("10:05"))).toEqual({ hours: 2, records: 4 });
    expect(await usage()).toMatchObject([
      { hour: "08", component: "brief", meter: "cpu", quantity: 0.1, amount: 0.002 },
      { hour: "08", component: "web", meter: "cpu", quantity: 2.5, amount: 0.05 },
      { hour: "08", component: "web", meter: "storage", quantity: 10, amount: 0.001 },
      { hour: "09", component: "web", meter: "storage", quantity: 5, amount: 0.0005 },
    ]);
  });

  test("twice, and by several at once, writes nothing twice; sums of days agree with the charges", async () => {
    await held("res_a", { from: "01:20", memoryGib: 3 });
    await held("res_b", { from: "03:00", cpu: 0.5, storageGib: 7 });
    const done = await Promise.all([1, 2, 3, 4].map(() => meteringTick(ms("06:02"))));
    expect(done.reduce((sum, one) => sum + one.hours, 0)).toBe(5);
    const first = await usage();
    expect(first).toHaveLength(2 * 5 + 2 * 3);
    expect(await meteringTick(ms("06:02"))).toEqual({ hours: 0, records: 0 });
    await database.pool.query("DELETE FROM metered_hour");
    expect(await meteringTick(ms("06:02"))).toEqual({ hours: 5, records: 0 });
    expect(await usage()).toEqual(first);
    const { charges, days } = await sums();
    expect(Number(charges)).toBeGreaterThan(0);
    expect(days).toBe(charges);
  });

  test("an hour is left alone until what was begun in it is committed", async () => {
    await held("res_a", { from: "01:00" });
    expect((await meteringTick(ms("02:00"))).hours).toBe(0);
    expect((await meteringTick(ms("02:01"))).hours).toBe(1);
  });

  test("a new price counts from its hour on", async () => {
    await held("res_a", { from: "01:00", cpu: 1 });
    await database.pool.query(
      "INSERT INTO price (id, price_book_id, meter, unit, unit_price, valid_from) VALUES ('prc_new', 'pb_1', 'cpu', 'Core-Hours', 0.5, $1)",
      [at("02:00")],
    );
    await meteringTick(ms("03:05"));
    expect(await usage()).toMatchObject([
      { hour: "01", amount: 0.02, price: "prc_1" },
      { hour: "02", amount: 0.5, price: "prc_new" },
    ]);
    const soFar = await costSoFar("env_1", ms("03:30"));
    expect(soFar?.total).toBe("0.770000");
  });

  test("another cost center of the same day is summed apart", async () => {
    await held("res_a", { from: "01:00", to: "02:30", center: "cc_1" }, { from: "02:30", center: "cc_2" });
    await meteringTick(ms("04:05"));
    const { rows } = await database.pool.query(
      "SELECT cost_center_id AS center, sum(quantity)::float8 AS quantity FROM daily_cost GROUP BY 1 ORDER BY 1",
    );
    expect(rows).toEqual([
      { center: "cc_1", quantity: 1 },
      { center: "cc_2", quantity: 2 },
    ]);
  });

  test("demo environments are not metered", async () => {
    await held("res_demo", { from: "01:00", environment: "env_demo" });
    expect((await meteringTick(ms("05:05"))).hours).toBe(0);
    await held("res_a", { from: "01:00", to: "01:30" });
    expect(await meteringTick(ms("05:05"))).toEqual({ hours: 4, records: 1 });
  });
});

describe("cost so far", () => {
  test("knows what three minutes cost, and does not jump when the hour is charged", async () => {
    await held("res_a", { from: "01:00", cpu: 1, memoryGib: 2, storageGib: 10 });
    const early = await costSoFar("env_1", ms("01:03"));
    // (0.02 + 0.008 + 0.001) / 20
    expect(early?.total).toBe("0.001450");
    expect(early?.lines.map((line) => [line.meter, line.quantity, line.unitPrice])).toEqual([
      ["cpu", "0.050000", "0.02"],
      ["memory", "0.100000", "0.004"],
      ["storage", "0.500000", "0.0001"],
    ]);
    const before = await costSoFar("env_1", ms("03:30"));
    await meteringTick(ms("03:30"));
    const after = await costSoFar("env_1", ms("03:30"));
    expect(before?.chargedUntil).toBeNull();
    expect(after).toEqual({ ...before, chargedUntil: at("03:00").replace("Z", ".000Z") });
  });

  test("says what has no price, charged or not, and answers many at once", async () => {
    await database.pool.query(`INSERT INTO price_book (id, name, currency) VALUES ('pb_none', 'None', 'EUR') ON CONFLICT DO NOTHING;
      INSERT INTO cloud (id, name, title, driver, config, price_book_id, updated_at)
        VALUES ('cld_free', 'f', 'F', 'simulated', '{}', 'pb_none', now()) ON CONFLICT DO NOTHING`);
    await held("res_odd", { from: "01:00", cloud: "cld_free" });
    expect(await costSoFar("env_1", ms("01:30"))).toMatchObject({ total: "0.000000", unpriced: ["odd"] });
    await meteringTick(ms("02:05"));
    expect(await costSoFar("env_1", ms("02:00"))).toMatchObject({ total: "0.000000", unpriced: ["odd"] });
    const many = await costsSoFar(["env_1", "env_demo", "env_unknown"], ms("02:00"));
    expect([...many.keys()].sort()).toEqual(["env_1", "env_demo"]);
  });
});

function actor(orgRole: "finance" | "auditor" | null, projects: [string, "developer"][] = []): Actor {
  return { ...systemActor("test"), unlimited: false, orgRole, projects: new Map(projects), userId: "usr_1" };
}
const finance = actor("finance");
const member = actor(null, [["prj_1", "developer"]]);
const stranger = actor(null);

describe("opening an amount", () => {
  test("sums agree on every level, down to usage times price", async () => {
    await held("res_a", { from: "01:00", cpu: 3, memoryGib: 2 });
    await held("res_b", { from: "02:15", to: "04:40", cpu: 0.5, storageGib: 20 });
    await meteringTick(ms("07:05"));
    const now = ms("07:05");
    const overview = await costOverview(member, { group: "component", days: 7 }, now);
    const all = await costItems(member, { days: 7 }, now);
    expect(overview.total).toBe(new Decimal(all.total).toFixed(2));
    expect(overview.days).toHaveLength(7);
    // With the dearest alone by name, the others stand together and a day is as dear as before.
    const short = await costOverview(member, { group: "component", days: 7, top: 1 }, now);
    const dearest = overview.breakdown[0]?.key ?? "";
    expect(overview.breakdown.length).toBeGreaterThan(1);
    for (const [index, { amounts }] of overview.days.entries()) {
      const summed = Object.values(amounts).reduce((sum, one) => sum + one, 0);
      const shorter = short.days[index]?.amounts ?? {};
      expect(shorter[dearest]).toBe(amounts[dearest]);
      expect(Object.values(shorter).reduce((sum, one) => sum + one, 0)).toBeCloseTo(summed, 5);
      expect(Object.keys(shorter)).toHaveLength(summed === 0 ? 0 : 2);
    }
    expect(plus(all.items.map((item) => item.amount))).toBe(all.total);
    for (const { component, meter, amount } of all.items) {
      const days = await costItems(member, { environment: "env_1", component, meter, days: 7 }, now);
      expect(days.items.map((item) => [item.day, item.amount])).toEqual([[day, amount]]);
      const hours = await usageOfDay(member, { environment: "env_1", component, meter, day });
      expect(plus(hours.map((hour) => hour.amount ?? "0"))).toBe(new Decimal(amount).toFixed());
      for (const hour of hours) {
        expect(new Decimal(hour.quantity).times(hour.unitPrice ?? 0).toFixed(10)).toBe(
          new Decimal(hour.amount ?? 0).toFixed(10),
        );
      }
    }
    const one = await costItems(finance, { group: "component", key: "b", days: 7 }, now);
    expect(new Set(one.items.map((item) => item.component))).toEqual(new Set(["b"]));
  });

  test("strangers see nothing", async () => {
    await held("res_a", { from: "01:00" });
    await meteringTick(ms("03:05"));
    expect(await costItems(stranger, { days: 7 }, ms("03:05"))).toMatchObject({ items: [], total: "0" });
    expect((await costOverview(stranger, { group: "owner", days: 7 }, ms("03:05"))).days).toEqual([]);
    const behind = usageOfDay(stranger, { environment: "env_1", component: "a", meter: "cpu", day });
    await expect(behind).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("statements", () => {
  const april = Date.parse("2026-04-01T00:00:00Z");

  test("close a metered month once, cannot be changed, and are finance's alone", async () => {
    await held("res_a", { from: "01:00", to: "05:00", cpu: 3, memoryGib: 2 });
    await held("res_b", { from: "01:00", to: "02:00", center: "cc_2" });
    await expect(closeMonth(finance, { month: "2026-03" }, ms("12:00"))).rejects.toThrow("not over yet");
    await meteringTick(ms("12:00"));
    await expect(closeMonth(finance, { month: "2026-03" }, april)).rejects.toThrow("metered until");
    while ((await meteringTick(april + 120_000)).hours > 0);
    await expect(closeMonth(member, { month: "2026-03" }, april)).rejects.toMatchObject({
      code: "forbidden",
    });

    expect(await closableMonths(april)).toEqual([{ month: "2026-03", costCenters: 2 }]);
    const tried = await Promise.allSettled(
      [1, 2].map(() => closeMonth(finance, { month: "2026-03" }, april)),
    );
    expect(tried.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await closableMonths(april)).toEqual([]);

    const [first, second] = await listStatements(finance);
    expect([first, second]).toMatchObject([
      { costCenter: { code: "A" }, month: "2026-03", total: "0.272" },
      { costCenter: { code: "B" }, month: "2026-03", total: "0.02" },
    ]);
    const detail = await getStatement(finance, first?.id ?? "");
    expect(detail.intact).toBe(true);
    expect(detail.lines.map((line) => [line.component, line.meter, line.amount])).toEqual([
      ["a", "cpu", "0.24"],
      ["a", "memory", "0.032"],
    ]);
    const change = database.pool.query("UPDATE statement SET total = 0 WHERE id = $1", [first?.id]);
    await expect(change).rejects.toThrow("append-only");
    expect(await listStatements(member)).toEqual([]);
    await expect(getStatement(member, first?.id ?? "")).rejects.toMatchObject({ code: "not_found" });
    await expect(closeMonth(finance, { month: "2026-03" }, april)).rejects.toMatchObject({
      code: "conflict",
    });
  });
});

function plus(amounts: readonly string[]): string {
  return amounts.reduce((sum, one) => sum.plus(one), new Decimal(0)).toFixed();
}
