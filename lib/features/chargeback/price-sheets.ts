import { Decimal } from "decimal.js";
import type { PriceSheet } from "./estimate";
import { listPricesInForce } from "./store-price-books";

/**
 * The prices in force at a moment, per cloud: of the cloud's own price book, else of the default one.
 * @param at the moment, usually now
 */
export async function loadPriceSheets(at: Date): Promise<(cloudId: string) => PriceSheet | null> {
  const rows = await listPricesInForce(at);
  const sheets = new Map<
    string,
    { currency: string; prices: Map<string, { id: string; unitPrice: Decimal; unit: string }> }
  >();
  for (const row of rows) {
    const sheet = sheets.get(row.cloudId) ?? { currency: row.currency, prices: new Map() };
    sheet.prices.set(row.meter, { id: row.id, unitPrice: new Decimal(row.unitPrice), unit: row.unit });
    sheets.set(row.cloudId, sheet);
  }
  return (cloudId) => sheets.get(cloudId) ?? null;
}
