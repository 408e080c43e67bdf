export { heldSql, priceJoin } from "./held";
export { type MeteringResult, meteredUntil, meteringTick } from "./tick";
