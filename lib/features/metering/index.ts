export { heldSql, priceJoin } from "./sql";
export { meteredUntil, meteringTick } from "./tick";
