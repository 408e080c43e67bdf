/** What statements of other features may join of price books: these columns, and no others. */
import { statements } from "@/lib/platform/db";

/** Price books without their prices. */
export const priceBookRows = statements.selectFrom("price_book").select(["id", "name"]);
