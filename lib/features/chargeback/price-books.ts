import { AppError, notFound } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { inTransaction } from "@/lib/platform/db";
import { meters } from "./estimate";
import { lockDefaultPriceBook } from "./locks";
import type { PriceBookDto } from "./schema";
import {
  hasDefaultPriceBook,
  insertDefaultPriceBook,
  insertPrice,
  insertPriceBook,
  isPriceBook,
  listStoredPriceBooks,
} from "./store-price-books";

const defaultPrices = { cpu: "0.021", memory: "0.0042", storage: "0.00012" } as const;

/** Makes the built-in price book on the first start; afterwards prices are the administrators'. */
export async function ensureDefaultPriceBook(): Promise<void> {
  await inTransaction(async (tx) => {
    await lockDefaultPriceBook(tx);
    if (await hasDefaultPriceBook(tx)) return;
    const bookId = newId("priceBook");
    const prices = Object.values(meters).map(({ name, unit }) => ({
      id: newId("price"),
      bookId,
      meter: name,
      unit,
      unitPrice: defaultPrices[name],
      validFrom: "2020-01-01",
      createdById: null,
    }));
    await insertDefaultPriceBook(tx, { id: bookId, name: "Standard", currency: "EUR" }, prices);
  });
}

/** Every price book with all its prices, newest first per meter. */
export async function listPriceBooks(): Promise<PriceBookDto[]> {
  return await listStoredPriceBooks();
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
  await inTransaction(async (tx) => {
    const added = await insertPriceBook(tx, { id, name: input.name, currency: input.currency });
    if (!added) throw new AppError("conflict", "A price book with this name already exists.");
    await recordAudit(tx, {
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
  if (!(await isPriceBook(bookId))) throw notFound("The price book");
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
  await inTransaction(async (tx) => {
    const { meter, unitPrice } = price;
    const { unit } = meters[meter];
    const row = { id, bookId, meter, unit, unitPrice, validFrom, createdById: actor.userId };
    const added = await insertPrice(tx, row);
    if (!added) throw new AppError("conflict", "A price of this meter already takes effect at this time.");
    await recordAudit(tx, {
      actor,
      action: "price.add",
      objectType: "price-book",
      objectId: bookId,
      detail: { meter, unitPrice, validFrom: validFrom.toISOString() },
    });
  });
  return { id };
}
