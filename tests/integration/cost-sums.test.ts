import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../support/database";

const columns = {
  project: "project_id",
  "cost-center": "cost_center_id",
  template: "template_id",
  cloud: "cloud_id",
  owner: "owner_id",
  component: "component",
};

describe("sums of costs by dimension", () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await database.drop();
  });

  /** The same sums worked out of the daily costs themselves. */
  async function expected(): Promise<unknown[]> {
    const parts = Object.entries(columns).flatMap(([dimension, column]) =>
      ["''", "project_id"].map(
        (
          scope,
        ) => `SELECT '${dimension}' AS dimension, ${scope} AS project_id, currency, day, ${column} AS key,
          sum(amount) AS amount, count(*)::int AS entries FROM daily_cost GROUP BY 1, 2, 3, 4, 5`,
      ),
    );
    return await sums(`(${parts.join(" UNION ALL ")}) x`);
  }

  async function sums(source: string): Promise<unknown[]> {
    const { rows } = await database.pool.query(
      `SELECT dimension, project_id, currency, day, key, trim_scale(amount)::text AS amount, entries FROM ${source}
       ORDER BY 1, 2, 3, 4, 5`,
    );
    return rows;
  }

  async function upsert(amount: string, days: number): Promise<void> {
    await database.pool.query(
      `INSERT INTO daily_cost AS d (day, environment_id, component, meter, currency, project_id, cost_center_id, owner_id,
         template_id, cloud_id, quantity, amount)
       SELECT '2026-10-01'::date + n, 'env_' || n % 3, CASE n % 2 WHEN 0 THEN 'web' ELSE 'db' END, m, 'EUR', 'prj_' || n % 2,
         'cc_' || n % 2, 'usr_' || n % 4, 'tpl_1', 'cld_' || n % 2, 1, $1::numeric
       FROM generate_series(1, $2::int) AS n, unnest(ARRAY['cpu', 'memory']) AS m
       ON CONFLICT (day, environment_id, component, meter, currency, project_id, cost_center_id, owner_id, template_id, cloud_id)
         DO UPDATE SET amount = d.amount + excluded.amount`,
      [amount, days],
    );
  }

  it("follow every way of writing: new rows, an upsert of old and new ones, and deletion", async () => {
    await upsert("0.0000000001", 10);
    expect(await sums("cost_sum")).toEqual(await expected());
    await upsert("1.25", 20);
    const after = await sums("cost_sum");
    expect(after).toEqual(await expected());
    expect(after.length).toBeGreaterThan(100);
    await database.pool.query("DELETE FROM daily_cost WHERE project_id = 'prj_1'");
    expect(await sums("cost_sum")).toEqual(await expected());
    await database.pool.query("DELETE FROM daily_cost");
    expect(await sums("cost_sum")).toEqual([]);
  });
});
