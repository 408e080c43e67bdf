import { expect, it } from "vitest";
import { addPrice, createPriceBook, listPriceBooks, loadPriceSheets } from "@/lib/features/chargeback";
import { systemActor } from "@/lib/platform/auth";
import { database } from "../support/metered";

const actor = systemActor("test");
const hourMs = 3_600_000;

it("prices take effect in their order, never in the past, and one at a time", async () => {
  const { id } = await createPriceBook(actor, { name: "Further", currency: "USD" });
  const again = createPriceBook(actor, { name: "Further", currency: "EUR" });
  await expect(again).rejects.toMatchObject({ code: "conflict" });
  const tomorrow = new Date(Math.ceil(Date.now() / hourMs) * hourMs + 24 * hourMs);
  const later = { validFrom: tomorrow.toISOString() };
  await addPrice(actor, id, { meter: "cpu", unitPrice: "0.0210" });
  await addPrice(actor, id, { meter: "cpu", unitPrice: "1.5", ...later });
  await addPrice(actor, id, { meter: "memory", unitPrice: "0.0000000001", ...later });
  const twice = addPrice(actor, id, { meter: "cpu", unitPrice: "2", ...later });
  await expect(twice).rejects.toMatchObject({ code: "conflict" });
  const past = addPrice(actor, id, { meter: "cpu", unitPrice: "2", validFrom: "2020-01-01T00:00:00Z" });
  await expect(past).rejects.toMatchObject({ code: "validation_failed" });
  const elsewhere = addPrice(actor, "pb_none", { meter: "cpu", unitPrice: "2" });
  await expect(elsewhere).rejects.toMatchObject({ code: "not_found" });

  const [standard, further] = await listPriceBooks();
  expect(standard).toMatchObject({ name: "Standard", isDefault: true });
  const from = later.validFrom.replace(".000Z", "Z");
  expect(further).toMatchObject({ id, name: "Further", currency: "USD", isDefault: false });
  expect(further?.prices).toMatchObject([
    { meter: "cpu", unit: "Core-Hours", unitPrice: "1.5", validFrom: from, inForce: false },
    { meter: "cpu", unit: "Core-Hours", unitPrice: "0.021", inForce: true },
    // The first price of a meter is not in force before its time.
    { meter: "memory", unit: "GiB-Hours", unitPrice: "0.0000000001", validFrom: from, inForce: false },
  ]);

  await database.pool.query(
    `INSERT INTO cloud (id, name, title, driver, config, price_book_id, updated_at)
     VALUES ('cld_2', 'd', 'D', 'simulated', '{}', $1, now())`,
    [id],
  );
  const pricesAt = async (at: Date) => {
    const sheetOf = await loadPriceSheets(at);
    return ["cld_1", "cld_2", "cld_none"].map((cloud) => {
      const sheet = sheetOf(cloud);
      return sheet && [sheet.currency, sheet.prices.size, sheet.prices.get("cpu")?.unitPrice.toFixed()];
    });
  };
  expect(await pricesAt(new Date())).toEqual([["EUR", 3, "0.02"], ["USD", 1, "0.021"], null]);
  expect(await pricesAt(tomorrow)).toEqual([["EUR", 3, "0.02"], ["USD", 2, "1.5"], null]);
});
