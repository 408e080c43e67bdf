import { AppError, notFound } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { query, withSqlTransaction } from "@/lib/platform/db";
import { meters } from "./estimate";
import type { PriceBookDto } from "./schema";

const defaultPrices = { cpu: "0.021", memory: "0.0042", storage: "0.00012" } as const;

/** Makes the built-in price book on the first start; afterwards prices are the administrators'. */
export async function ensureDefaultPriceBook(): Promise<void> {
  await withSqlTransaction(async (client) => {
    await client.query("SELECT pg_advisory_xact_lock(7266023)");
    const found = await client.query("SELECT 1 FROM price_book WHERE is_default");
    if (found.rowCount) return;
    const bookId = newId("priceBook");
    await client.query(
      "INSERT INTO price_book (id, name, currency, is_default) VALUES ($1, 'Standard', 'EUR', true)",
      [bookId],
    );
    for (const [meter, unitPrice] of Object.entries(defaultPrices)) {
      await client.query(
        "INSERT INTO price (id, price_book_id, meter, unit, unit_price, valid_from) VALUES ($1, $2, $3, $4, $5, '2020-01-01')",
        [newId("price"), bookId, meter, meters[meter as keyof typeof meters].unit, unitPrice],
      );
    }
  });
}

/** Every price book with all its prices, newest first per meter. */
export async function listPriceBooks(): Promise<PriceBookDto[]> {
  return query<PriceBookDto>(
    `SELECT b.id, b.name, b.currency, b.is_default AS "isDefault",
       coalesce((SELECT json_agg(json_build_object('id', p.id, 'meter', p.meter, 'unit', p.unit,
         'unitPrice', trim_scale(p.unit_price)::text, 'validFrom', to_char(p.valid_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
         'inForce', p.id = (SELECT x.id FROM price x WHERE x.price_book_id = b.id AND x.meter = p.meter
           AND x.valid_from <= now() ORDER BY x.valid_from DESC LIMIT 1)) ORDER BY p.meter, p.valid_from DESC)
         FROM price p WHERE p.price_book_id = b.id), '[]') AS prices
     FROM price_book b ORDER BY b.is_default DESC, b.name`,
  );
}

/**
 * A further price book, still without prices; clouds that name it are charged by it.
 * @throws AppError conflict when the name is taken
 */
export async function createPriceBook(
  actor: Actor,
  input: { name: string; currency: string },
): Promise<{ id: string }> {
  requirePermission(actor, "price.manage", { objectType: "price-book", objectId: input.name });
  const id = newId("priceBook");
  await withSqlTransaction(async (client) => {
    const made = await client.query(
      "INSERT INTO price_book (id, name, currency) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
      [id, input.name, input.currency],
    );
    if (!made.rowCount) throw new AppError("conflict", "A price book with this name already exists.");
    await recordAudit(client, {
      actor,
      action: "price-book.create",
      objectType: "price-book",
      objectId: id,
      detail: input,
    });
  });
  return { id };
}

/**
 * A new price of a meter from a moment on. What was charged stays: prices are never changed, only superseded. An hour
 * is charged at the price in force when it begins.
 * @throws AppError not_found, validation_failed for a moment in the past, conflict for one that has a price
 */
export async function addPrice(
  actor: Actor,
  bookId: string,
  price: { meter: "cpu" | "memory" | "storage"; unitPrice: string; validFrom?: string | undefined },
): Promise<{ id: string }> {
  requirePermission(actor, "price.manage", {
    what: "The price book",
    objectType: "price-book",
    objectId: bookId,
  });
  const [book] = await query<{ id: string }>("SELECT id FROM price_book WHERE id = $1", [bookId]);
  if (!book) throw notFound("The price book");
  const validFrom = price.validFrom ? new Date(price.validFrom) : new Date();
  if (validFrom.getTime() < Date.now() - 60_000) {
    throw new AppError(
      "validation_failed",
      "A price can’t take effect in the past, because that time is already charged.",
      {
        problems: [{ path: "validFrom", message: "Choose a time that isn’t in the past" }],
      },
    );
  }
  const id = newId("price");
  await withSqlTransaction(async (client) => {
    const made = await client.query(
      `INSERT INTO price (id, price_book_id, meter, unit, unit_price, valid_from, created_by_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (price_book_id, meter, valid_from) DO NOTHING`,
      [id, bookId, price.meter, meters[price.meter].unit, price.unitPrice, validFrom, actor.userId],
    );
    if (!made.rowCount)
      throw new AppError("conflict", "A price of this meter already takes effect at this time.");
    await recordAudit(client, {
      actor,
      action: "price.add",
      objectType: "price-book",
      objectId: bookId,
      detail: { meter: price.meter, unitPrice: price.unitPrice, validFrom: validFrom.toISOString() },
    });
  });
  return { id };
}
