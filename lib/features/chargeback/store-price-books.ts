import { sql } from "kysely";
import { jsonArrayFrom } from "kysely/helpers/postgres";
import { cloudRows } from "@/lib/features/clouds/joins";
import { compiledOnce, getPrisma, rowsOf, statements, type Tx, writtenBy } from "@/lib/platform/db";
import type { PriceBookDto } from "./schema";

interface NewPriceBook {
  id: string;
  name: string;
  currency: string;
}

interface NewPrice {
  id: string;
  bookId: string;
  meter: string;
  unit: string;
  /** Decimal text. */
  unitPrice: string;
  /** A moment, or its text for PostgreSQL. */
  validFrom: Date | string;
  createdById: string | null;
}

const defaultBook = statements.selectFrom("price_book").select("id").where("is_default", "=", true);

/** Every price book with all its prices, newest first per meter; the default book first, then by name. */
export async function listStoredPriceBooks(): Promise<PriceBookDto[]> {
  const books = statements
    .selectFrom("price_book as b")
    .select(["b.id", "b.name", "b.currency", "b.is_default as isDefault"])
    .select(jsonArrayFrom(pricesOfBook()).$castTo<PriceBookDto["prices"]>().as("prices"))
    .orderBy("b.is_default", "desc")
    .orderBy("b.name");
  return await rowsOf(books);
}

/** The prices of the book `b`. */
function pricesOfBook() {
  const inForce = statements
    .selectFrom("price as x")
    .select("x.id")
    .where(sql<boolean>`x.price_book_id = b.id AND x.meter = p.meter AND x.valid_from <= now()`)
    .orderBy("x.valid_from", "desc")
    .limit(sql.lit(1));
  return statements
    .selectFrom("price as p")
    .select(["p.id", "p.meter", "p.unit"])
    .select([
      sql<string>`trim_scale(p.unit_price)::text`.as("unitPrice"),
      sql<string>`to_char(p.valid_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`.as("validFrom"),
      sql<boolean>`coalesce(p.id = (${inForce}), false)`.as("inForce"),
    ])
    .where("p.price_book_id", "=", sql.ref<string>("b.id"))
    .orderBy("p.meter")
    .orderBy("p.valid_from", "desc");
}

/** Whether there is a price book with this id. */
export async function isPriceBook(id: string): Promise<boolean> {
  return (await getPrisma().priceBook.findUnique({ where: { id }, select: { id: true } })) !== null;
}

/** Whether there is a default price book. */
export async function hasDefaultPriceBook(tx: Tx): Promise<boolean> {
  return (await tx.prisma.priceBook.findFirst({ where: { isDefault: true }, select: { id: true } })) !== null;
}

/** The default price book with its first prices. Throws when the name is taken. */
export async function insertDefaultPriceBook(
  tx: Tx,
  book: NewPriceBook,
  prices: readonly NewPrice[],
): Promise<void> {
  const { id, name, currency } = book;
  await tx.prisma.priceBook.create({ data: { id, name, currency, isDefault: true } });
  await writtenBy(statements.insertInto("price").values(prices.map(rowFor)), tx);
}

/** A further price book, still without prices. @returns false when the name is taken */
export async function insertPriceBook(tx: Tx, { id, name, currency }: NewPriceBook): Promise<boolean> {
  const added = await tx.prisma.priceBook.createMany({
    data: [{ id, name, currency }],
    skipDuplicates: true,
  });
  return added.count > 0;
}

/** A price from a moment on. @returns false when the meter has one from this moment on already */
export async function insertPrice(tx: Tx, price: NewPrice & { validFrom: Date }): Promise<boolean> {
  const { id, bookId, meter, unit, unitPrice, validFrom, createdById } = price;
  const row = { id, priceBookId: bookId, meter, unit, unitPrice, validFrom, createdById };
  return (await tx.prisma.price.createMany({ data: [row], skipDuplicates: true })).count > 0;
}

const rowFor = ({ id, bookId, meter, unit, unitPrice, validFrom, createdById }: NewPrice) => ({
  id,
  price_book_id: bookId,
  meter,
  unit,
  unit_price: unitPrice,
  valid_from: validFrom,
  created_by_id: createdById,
});

/** A meter's price in a cloud; the price of one unit is a decimal text. */
export interface CloudPrice {
  cloudId: string;
  currency: string;
  meter: string;
  id: string;
  unit: string;
  unitPrice: string;
}

/** The prices in force at a moment, in no order: per cloud those of its own price book, else of the default one. */
export async function listPricesInForce(at: Date): Promise<CloudPrice[]> {
  return await rowsOf(pricesInForce({ at }));
}

const pricesInForce = compiledOnce(({ at }: { at: Date }) =>
  statements
    .selectFrom(cloudRows.as("c"))
    .innerJoin("price_book as b", (join) =>
      join.on("b.id", "=", (eb) => eb.fn.coalesce("c.price_book_id", defaultBook)),
    )
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom("price")
          .distinctOn("meter")
          .select(["meter", "id", "unit", "unit_price"])
          .whereRef("price_book_id", "=", "b.id")
          .where("valid_from", "<=", at)
          .orderBy("meter")
          .orderBy("valid_from", "desc")
          .as("p"),
      (join) => join.onTrue(),
    )
    .select(["c.id as cloudId", "b.currency", "p.meter", "p.id", "p.unit", "p.unit_price as unitPrice"]),
);
