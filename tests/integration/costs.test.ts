import { Decimal } from "decimal.js";
import { describe, expect, test } from "vitest";
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
import { at, database, day, held, ms } from "../support/metered";

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
    // What the rows show adds up to the total, however each would round alone.
    expect(plus(overview.breakdown.map((one) => one.amount))).toBe(new Decimal(overview.total).toFixed());
    // With the dearest alone by name, the others stand together and a day is as dear as before.
    const short = await costOverview(member, { group: "component", days: 7, top: 1 }, now);
    const dearest = overview.breakdown[0]?.key ?? "";
    expect(overview.breakdown.length).toBeGreaterThan(1);
    for (const [index, { amounts }] of overview.days.entries()) {
      const shorter = short.days[index]?.amounts ?? {};
      expect(shorter[dearest]).toBe(amounts[dearest]);
      expect(plus(Object.values(shorter))).toBe(plus(Object.values(amounts)));
      expect(Object.keys(shorter)).toHaveLength(Object.keys(amounts).length === 0 ? 0 : 2);
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

  test("pages follow each other in every order, and a cursor of another order is refused", async () => {
    await held("res_a", { from: "01:00", cpu: 3, memoryGib: 2 });
    await held("res_b", { from: "01:00", cpu: 0.5, storageGib: 20 });
    await meteringTick(ms("04:05"));
    const now = ms("04:05");
    for (const sort of ["amount", "environment"] as const) {
      const all = await costItems(member, { days: 7, sort }, now);
      const pages = [];
      let cursor: string | undefined;
      do {
        const page = await costItems(member, { days: 7, sort, limit: 1, ...(cursor && { cursor }) }, now);
        expect(page.total).toBe(all.total);
        pages.push(...page.items);
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(pages).toEqual(all.items);
      expect(pages).toHaveLength(4);
    }
    const named = await costItems(member, { days: 7, sort: "environment", limit: 1 }, now);
    const other = costItems(member, { days: 7, limit: 1, cursor: named.nextCursor ?? "" }, now);
    await expect(other).rejects.toMatchObject({ code: "validation_failed" });
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
    await expect(closeMonth(finance, { month: "2026-03" }, ms("12:00"))).rejects.toThrow("isn’t over yet");
    await meteringTick(ms("12:00"));
    await expect(closeMonth(finance, { month: "2026-03" }, april)).rejects.toThrow("metered only until");
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
    // Who goes around the guard is seen, also by those who saw the statement before.
    await database.pool.query('ALTER TABLE statement DISABLE TRIGGER "statement_append_only"');
    await database.pool.query(
      `UPDATE statement SET lines = jsonb_set(lines, '{0,amount}', '"0.14"') WHERE id = $1`,
      [first?.id],
    );
    expect(await getStatement(finance, first?.id ?? "")).toMatchObject({ intact: false });
    await database.pool.query('ALTER TABLE statement ENABLE TRIGGER "statement_append_only"');
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
