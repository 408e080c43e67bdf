import { Decimal } from "decimal.js";
import { query } from "@/lib/platform/db";
import type { PriceSheet } from "./estimate";

interface PriceRow {
  cloud_id: string;
  currency: string;
  meter: string;
  id: string;
  unit: string;
  unit_price: string;
}

/**
 * The prices in force at a moment, per cloud: of the cloud's own price book, else of the default one.
 * @param at the moment, usually now
 */
export async function loadPriceSheets(at: Date): Promise<(cloudId: string) => PriceSheet | null> {
  const rows = await query<PriceRow>(
    `SELECT c.id AS cloud_id, b.currency, p.meter, p.id, p.unit, p.unit_price::text
       FROM cloud c
       JOIN price_book b ON b.id = coalesce(c.price_book_id, (SELECT id FROM price_book WHERE is_default))
       JOIN LATERAL (
         SELECT DISTINCT ON (meter) meter, id, unit, unit_price FROM price
          WHERE price_book_id = b.id AND valid_from <= $1 ORDER BY meter, valid_from DESC) p ON true`,
    [at],
    { name: "price-sheets" },
  );
  const sheets = new Map<
    string,
    { currency: string; prices: Map<string, { id: string; unitPrice: Decimal; unit: string }> }
  >();
  for (const row of rows) {
    const sheet = sheets.get(row.cloud_id) ?? { currency: row.currency, prices: new Map() };
    sheet.prices.set(row.meter, { id: row.id, unitPrice: new Decimal(row.unit_price), unit: row.unit });
    sheets.set(row.cloud_id, sheet);
  }
  return (cloudId) => sheets.get(cloudId) ?? null;
}
