import { describe, expect, test } from "vitest";
import { costSoFar } from "@/lib/features/chargeback";
import { meteringTick } from "@/lib/features/metering";
import { at, database, held, ms } from "../support/metered";

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
